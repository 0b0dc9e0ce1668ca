package dev.meridian.gateway.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.gateway.MeridianApplication;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.redis.RedisServers;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.cloud.gateway.filter.ratelimit.KeyResolver;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import reactor.core.publisher.Mono;

/** Spring Cloud Gateway's own limiter counts in Redis here as it does there. */
@SpringBootTest(
        classes = MeridianApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "management.server.port=0",
            "meridian.shutdown.grace=0s",
            "meridian.access-log.enabled=false",
            "spring.data.redis.host=127.0.0.1",
            "spring.cloud.gateway.server.webflux.routes[0].id=limited",
            "spring.cloud.gateway.server.webflux.routes[0].uri=${compat.first}",
            "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/limited",
            "spring.cloud.gateway.server.webflux.routes[0].filters[0].name=RequestRateLimiter",
            "spring.cloud.gateway.server.webflux.routes[0].filters[0].args.key-resolver=#{@userKey}",
            "spring.cloud.gateway.server.webflux.routes[0].filters[0].args.redis-rate-limiter.replenishRate=1",
            "spring.cloud.gateway.server.webflux.routes[0].filters[0].args.redis-rate-limiter.burstCapacity=120",
            "spring.cloud.gateway.server.webflux.routes[0].filters[0].args.redis-rate-limiter.requestedTokens=60",
        })
@Import(StockRateLimiterTests.Keys.class)
@DirtiesContext
class StockRateLimiterTests {

    private static final RedisServers REDIS = RedisServers.single();

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void places(DynamicPropertyRegistry registry) {
        Backends.register(registry);
        registry.add("spring.data.redis.port", REDIS::port);
    }

    @AfterAll
    static void close() {
        REDIS.close();
    }

    /** The stock limiter reads its script from the jar and waits for its connection in the thread of whoever comes first. */
    @BeforeEach
    void getReady(@Autowired RedisScript<?> script, @Autowired ReactiveRedisConnectionFactory redis) {
        assertThat(REDIS.command("SCRIPT", "LOAD", script.getScriptAsString())).isEqualTo(script.getSha1());
        redis.getReactiveConnection().close();
        Backends.behave(Behaviour.echo());
    }

    @Test
    void asManyAsTheBucketHolds_thenTooMany() {
        assertThat(ask("ann").answer().status()).isEqualTo(200);
        Seen second = ask("ann");
        assertThat(second.answer().status()).isEqualTo(200);
        assertThat(second.received("X-RateLimit-Burst-Capacity")).containsExactly("120");
        assertThat(second.received("X-RateLimit-Requested-Tokens")).containsExactly("60");

        Seen third = ask("ann");

        assertThat(third.answer().status()).isEqualTo(429);
        assertThat(third.first()).isEmpty();
        assertThat(ask("bob").answer().status()).isEqualTo(200);
        assertThat(REDIS.command("KEYS", "request_rate_limiter.{limited.ann}.*"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(2);
    }

    private Seen ask(String user) {
        return Backends.see(Call.get("/limited", "X-User", user), port);
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class Keys {

        @Bean
        KeyResolver userKey() {
            return exchange ->
                    Mono.justOrEmpty(exchange.getRequest().getHeaders().getFirst("X-User"));
        }
    }
}

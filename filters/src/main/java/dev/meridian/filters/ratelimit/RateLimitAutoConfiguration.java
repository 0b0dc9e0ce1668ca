package dev.meridian.filters.ratelimit;

import dev.meridian.routes.definition.CheckedAtStart;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.SettingsRoot;
import io.netty.channel.EventLoopGroup;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.http.HttpResources;
import reactor.netty.resources.LoopResources;

/** {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of rate limits. */
@AutoConfiguration(afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnProperty(name = "spring.cloud.gateway.server.webflux.enabled", matchIfMissing = true)
public final class RateLimitAutoConfiguration {

    @Bean
    SettingsRoot rateLimitSettingsRoot() {
        return SettingsRoot.of(RateLimitRoot.class);
    }

    @Bean
    @ConditionalOnMissingBean
    StartPolicies meridianStartPolicies(Environment environment) {
        ConfigProblems problems = new ConfigProblems(environment);
        WrittenPolicies written = WrittenPolicies.of(environment, problems);
        problems.throwIfAny();
        return new StartPolicies(written);
    }

    @Bean
    @ConditionalOnMissingBean
    Stores meridianRateLimitStores(
            StartPolicies start,
            ObjectProvider<LettuceConnectionFactory> redis,
            ObjectProvider<ReactorResourceFactory> server) {
        return new Stores(
                start.written().store(),
                redis::getIfUnique,
                () -> loops(server),
                new EpochTicker(System::nanoTime, System.currentTimeMillis()));
    }

    private static EventLoopGroup loops(ObjectProvider<ReactorResourceFactory> server) {
        ReactorResourceFactory own = server.getIfUnique();
        LoopResources loops = own == null ? HttpResources.get() : own.getLoopResources();
        return loops.onServer(LoopResources.DEFAULT_NATIVE);
    }

    @Bean
    @ConditionalOnMissingBean
    RateLimits meridianRateLimits(StartPolicies start, Stores stores) {
        return new RateLimits(start.written().policies(), stores);
    }

    @Bean
    @ConditionalOnMissingBean(name = "meridianRateLimitStoreState")
    Supplier<StoreState> meridianRateLimitStoreState(Stores stores) {
        return stores::state;
    }

    @Bean
    RateLimitPart meridianRateLimitPart(RateLimits limits, StartPolicies start) {
        return new RateLimitPart(limits, start.written());
    }

    @Bean
    @ConditionalOnMissingBean
    KeyReader meridianKeyReader(ObjectProvider<PrincipalClaims> claims) {
        return new KeyReader(claims.getIfAvailable(() -> (principal, name) -> null));
    }

    @Bean
    @ConditionalOnMissingBean
    RateLimitGatewayFilterFactory meridianRateLimitFilterFactory(RateLimits limits, KeyReader keys) {
        return new RateLimitGatewayFilterFactory(limits, keys);
    }

    @Bean
    @ConditionalOnMissingBean
    RateLimitExplainer meridianRateLimitExplainer(RateLimits limits, KeyReader keys) {
        return new RateLimitExplainer(limits, keys);
    }

    /** Where there is Spring Security. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {
                "org.springframework.security.core.Authentication",
                "org.springframework.security.oauth2.core.ClaimAccessor"
            })
    static class OfSpringSecurity {

        @Bean
        @ConditionalOnMissingBean(PrincipalClaims.class)
        SecurityClaims meridianSecurityClaims() {
            return new SecurityClaims();
        }
    }

    /** What the gateway starts with. */
    record StartPolicies(WrittenPolicies written) implements CheckedAtStart {}
}

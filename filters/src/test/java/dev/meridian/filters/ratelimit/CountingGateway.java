package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Grant;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.testkit.redis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.mock.env.MockEnvironment;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** What counts in a gateway, with a connection, event loops and a clock of its own: several of them are a fleet. */
final class CountingGateway implements AutoCloseable {

    static final String POLICY = "policy";
    private static final Duration MOST = Duration.ofSeconds(10);
    /** Ten times what it is by default: a busy machine is not to look like a Redis that is gone. */
    private static final Duration DEADLINE = Duration.ofMillis(200);

    private final LettuceConnectionFactory factory;
    private final LoopResources loops = LoopResources.create("counting", 1, true);
    private final Stores stores;
    private final RateLimiter limiter;

    private CountingGateway(LettuceConnectionFactory factory, Duration timeout, Duration skew, String... settings) {
        this.factory = factory;
        factory.afterPropertiesSet();
        factory.start();
        this.stores = new Stores(
                new RateLimitStoreProperties(timeout, Duration.ofMillis(200), "meridian"),
                () -> factory,
                () -> loops.onServer(true),
                new EpochTicker(System::nanoTime, System.currentTimeMillis() + skew.toMillis()));
        this.limiter = new RateLimiter(policy(settings), stores);
    }

    /** @param settings of the policy, each as {@code name=value} */
    static CountingGateway at(RedisServers redis, String... settings) {
        return at(redis, DEADLINE, Duration.ZERO, settings);
    }

    /** One that is not to take a busy machine for a Redis that does not answer. */
    static CountingGateway patient(RedisServers redis, String... settings) {
        return patient(redis, Duration.ZERO, settings);
    }

    /** @param skew how far its clock is ahead */
    static CountingGateway patient(RedisServers redis, Duration skew, String... settings) {
        return at(redis, Duration.ofSeconds(1), skew, settings);
    }

    /** One that asks a sentinel where the master of this name is. */
    static CountingGateway watched(RedisServers redis, String master, String... settings) {
        RedisSentinelConfiguration where = new RedisSentinelConfiguration(master, Set.of(redis.sentinel()));
        return counting(new CountingGateway(new LettuceConnectionFactory(where), DEADLINE, Duration.ZERO, settings));
    }

    private static CountingGateway at(RedisServers redis, Duration timeout, Duration skew, String... settings) {
        LettuceConnectionFactory factory = redis.ports().size() == 1
                ? new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", redis.port()))
                : new LettuceConnectionFactory(new RedisClusterConfiguration(redis.addresses()));
        return counting(new CountingGateway(factory, timeout, skew, settings));
    }

    private static CountingGateway counting(CountingGateway gateway) {
        try {
            gateway.awaitCounting("first");
        } catch (RuntimeException | Error e) {
            gateway.close();
            throw e;
        }
        return gateway;
    }

    private static Policy policy(String... settings) {
        MockEnvironment environment = new MockEnvironment().withProperty("spring.data.redis.host", "there");
        for (String each : settings) {
            String[] parts = each.split("=", 2);
            environment.setProperty("meridian.rate-limits." + POLICY + "." + parts[0], parts[1]);
        }
        ConfigProblems problems = new ConfigProblems(environment);
        WrittenPolicies written = WrittenPolicies.of(environment, problems);
        problems.throwIfAny();
        return Objects.requireNonNull(written.policies().get(POLICY));
    }

    /** Until Redis answers, and this gateway's clock goes by that of Redis. */
    private void awaitCounting(String key) {
        Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(MOST).until(() -> {
            try {
                look(key, 1);
                return limiter.store() instanceof RedisStore store && store.isInTime();
            } catch (RuntimeException e) {
                return false;
            }
        });
    }

    /** Goes by another version of the policy. */
    void change(String... settings) {
        limiter.change(policy(settings));
    }

    LimitStore store() {
        return limiter.store();
    }

    int fleetSize() {
        return ((RedisStore) store()).gateways();
    }

    private LimitKey key(String text) {
        return new LimitKey(text, limiter.policy().limits());
    }

    Grant take(String key) {
        return take(key, 1);
    }

    Grant take(String key, int units) {
        return await(ask(key, units));
    }

    /** Without waiting for the answer. */
    CompletableFuture<Grant> ask(String key, int units) {
        CompletableFuture<Grant> answer = new CompletableFuture<>();
        Grant now = store().take(key(key), units, answer::complete);
        if (now != null) {
            answer.complete(now);
        }
        return answer;
    }

    static Grant await(CompletableFuture<Grant> answer) {
        return within(answer);
    }

    /** A timer of the future itself would be cancelled by the event loop that completes it, and has a lock. */
    private static <T> T within(CompletableFuture<T> answer) {
        try {
            return answer.get(MOST.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** How many of so many requests, sent at once, are admitted. */
    int admitted(String key, int requests) {
        List<CompletableFuture<Grant>> answers = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            answers.add(ask(key, 1));
        }
        return answers.stream().mapToInt(answer -> await(answer).granted()).sum();
    }

    /** How many are admitted that an event loop asks for in one turn, each for another key. */
    int admittedInOneTurn(String prefix, int keys) {
        CompletableFuture<List<CompletableFuture<Grant>>> asked = new CompletableFuture<>();
        loops.onServer(true)
                .next()
                .execute(() -> asked.complete(IntStream.range(0, keys)
                        .mapToObj(i -> ask(prefix + i, 1))
                        .toList()));
        return within(asked).stream()
                .mapToInt(answer -> await(answer).granted())
                .sum();
    }

    void giveBack(String key, Grant granted) {
        store().giveBack(key(key), granted);
    }

    Grant look(String key, int units) {
        return there(store().look(key(key), units));
    }

    void reset(String key) {
        store().reset(key(key)).block(MOST);
    }

    private static <T> T there(Mono<T> answer) {
        return answer.blockOptional(MOST).orElseThrow();
    }

    @Override
    public void close() {
        limiter.close();
        stores.stop();
        factory.destroy();
        loops.disposeLater(Duration.ZERO, MOST).block(MOST);
    }
}

package dev.meridian.filters.ratelimit;

import dev.meridian.routes.definition.ConfigProblems;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.data.redis.connection.RedisServerCommands;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.netty.resources.LoopResources;

/**
 * How long a decision takes that Redis is asked for, at a constant rate, and how many decisions one call serves.
 *
 * <p>{@code java -cp 'src/bench/target/bench.jar:src/bench/target/lib/*' dev.meridian.filters.ratelimit.RedisDecisions PORT},
 * with a Redis of its own on that port of this machine.
 */
public final class RedisDecisions {

    private static final int A_SECOND = 10_000;
    private static final int SECONDS = 10;
    private static final int WARM_UP_SECONDS = 5;
    private static final int KEYS = 20;

    private final LettuceConnectionFactory redis;
    private final EventLoopGroup loops;

    private RedisDecisions(int port) {
        redis = new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", port));
        redis.afterPropertiesSet();
        redis.start();
        loops = LoopResources.create("bench", 1, true).onServer(LoopResources.DEFAULT_NATIVE);
    }

    public static void main(String[] args) throws InterruptedException {
        RedisDecisions decisions = new RedisDecisions(Integer.parseInt(args[0]));
        decisions.run("exact", "0s");
        decisions.run("sync-interval: 100ms", "100ms");
        System.exit(0);
    }

    private void run(String name, String syncInterval) throws InterruptedException {
        Policy policy = policy(syncInterval);
        Stores stores = new Stores(
                new RateLimitStoreProperties(Duration.ofMillis(20), Duration.ofSeconds(1), "bench-" + syncInterval),
                () -> redis,
                () -> loops,
                new EpochTicker(System::nanoTime, System.currentTimeMillis()));
        LimitStore store = stores.apply(policy);
        LimitKey[] keys = IntStream.range(0, KEYS)
                .mapToObj(i -> new LimitKey("192.0.2." + i, policy.limits()))
                .toArray(LimitKey[]::new);
        TimeUnit.SECONDS.sleep(1);
        measure(store, keys, WARM_UP_SECONDS);
        long before = calls();
        long[] nanos = measure(store, keys, SECONDS);
        long calls = calls() - before;
        Arrays.sort(nanos);
        System.out.printf(
                "%s: %d decisions at %d/s, p50 %.3f ms, p99 %.3f ms, max %.3f ms, %.4f calls each%n",
                name,
                nanos.length,
                A_SECOND,
                nanos[nanos.length / 2] / 1e6,
                nanos[(int) (nanos.length * 0.99)] / 1e6,
                nanos[nanos.length - 1] / 1e6,
                (double) calls / nanos.length);
        stores.stop();
    }

    /** One turn of the event loop each millisecond, as if so many requests had been read at once. */
    private long[] measure(LimitStore store, LimitKey[] keys, int seconds) throws InterruptedException {
        long[] nanos = new long[A_SECOND * seconds];
        AtomicInteger answered = new AtomicInteger();
        EventLoop loop = loops.next();
        for (int turn = 0; turn < seconds * 1000; turn++) {
            int from = turn * A_SECOND / 1000;
            loop.schedule(() -> decide(store, keys, nanos, from, answered), turn, TimeUnit.MILLISECONDS);
        }
        while (answered.get() < nanos.length) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return nanos;
    }

    private static void decide(LimitStore store, LimitKey[] keys, long[] nanos, int from, AtomicInteger answered) {
        for (int i = from; i < from + A_SECOND / 1000; i++) {
            int which = i;
            long start = System.nanoTime();
            LimitStore.Later later = answer -> {
                nanos[which] = System.nanoTime() - start;
                answered.incrementAndGet();
            };
            if (store.take(keys[i % KEYS], 1, later) != null) {
                later.onAnswer(LimitStore.UNCOUNTED);
            }
        }
    }

    private long calls() {
        try (var connection = redis.getConnection()) {
            RedisServerCommands server = connection.serverCommands();
            String line = Objects.requireNonNullElse(server.info("commandstats"), new Properties())
                    .getProperty("cmdstat_evalsha", "calls=0,");
            return Long.parseLong(line.substring("calls=".length(), line.indexOf(',')));
        }
    }

    private static Policy policy(String syncInterval) {
        StandardEnvironment environment = new StandardEnvironment();
        String path = PolicyCompiler.PATH + ".p.";
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "benchmark",
                        Map.of(
                                "spring.data.redis.host",
                                "127.0.0.1",
                                path + "limit",
                                1_000_000,
                                path + "window",
                                "1s",
                                path + "sync-interval",
                                syncInterval)));
        ConfigProblems problems = new ConfigProblems(environment);
        Map<String, Policy> policies = WrittenPolicies.of(environment, problems).policies();
        problems.throwIfAny();
        return Objects.requireNonNull(policies.get("p"));
    }
}

package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Grant;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.explain.ExplainedRequest;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.ServerWebExchange;

/**
 * What a limit that is counted in this process costs a request: the decision about a key that is at hand, admitted or
 * refused, and all of it with finding out the key.
 *
 * <p>{@code java -jar src/bench/target/bench.jar RateLimit -prof gc}, and with {@code -t 2} for two event loops.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RateLimitBenchmark {

    @Param({"sliding-window", "token-bucket", "fixed-window"})
    public String algorithm = "sliding-window";

    private final EpochTicker clock = new EpochTicker(System::nanoTime, System.currentTimeMillis());
    private final KeyReader keys = new KeyReader((principal, name) -> null);
    private LimitStore roomy = store(limit("client-ip", 1_000_000_000));
    private LimitStore full = roomy;
    private LimitKey key =
            new LimitKey("192.0.2.7", limit("client-ip", 1_000_000_000).limits());
    private LimitKey fullKey = key;
    private List<RateLimiter> byClient = List.of();
    private List<RateLimiter> byHeader = List.of();
    private ServerWebExchange exchange = exchange();

    @Setup
    public void set() {
        Policy roomyPolicy = limit("client-ip", 1_000_000_000);
        Policy fullPolicy = limit("client-ip", 1);
        roomy = store(roomyPolicy);
        full = store(fullPolicy);
        key = new LimitKey("192.0.2.7", roomyPolicy.limits());
        fullKey = new LimitKey("192.0.2.7", fullPolicy.limits());
        full.take(fullKey, 1, late -> {});
        byClient = List.of(new RateLimiter(roomyPolicy, this::store));
        byHeader = List.of(new RateLimiter(limit("header:X-Api-Key", 1_000_000_000), this::store));
        exchange = exchange();
    }

    private LimitStore store(Policy policy) {
        return new LocalStore(policy, clock);
    }

    private Policy limit(String key, long limit) {
        StandardEnvironment environment = new StandardEnvironment();
        String path = PolicyCompiler.PATH + ".p.";
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "benchmark",
                        Map.of(
                                path + "limit", limit,
                                path + "window", "1d",
                                path + "key", key,
                                path + "algorithm", algorithm)));
        ConfigProblems problems = new ConfigProblems(environment);
        Map<String, Policy> policies = WrittenPolicies.of(environment, problems).policies();
        problems.throwIfAny();
        return policies.values().iterator().next();
    }

    private static ServerWebExchange exchange() {
        try {
            InetAddress client = InetAddress.getByName("192.0.2.7");
            HttpHeaders headers = new HttpHeaders();
            headers.set("X-Api-Key", "0b5c3f6e-71f0-4a54-9d4e-9a7c4c1e2f10");
            ServerWebExchange made = ExplainedRequest.of(
                            HttpMethod.GET, URI.create("http://example.com/orders/1"), headers, client, 0)
                    .exchange();
            GatewayExchange.require(made.getAttributes()).client(client, false);
            return made;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Benchmark
    public @Nullable Grant admitted() {
        return roomy.take(key, 1, late -> {});
    }

    @Benchmark
    public @Nullable Grant refused() {
        return full.take(fullKey, 1, late -> {});
    }

    @Benchmark
    public @Nullable Verdict ofTheClient() {
        return new Taking(exchange, late -> {}).start(byClient, keys, null);
    }

    /** The header's value is hashed. */
    @Benchmark
    public @Nullable Verdict ofAHeader() {
        return new Taking(exchange, late -> {}).start(byHeader, keys, null);
    }
}

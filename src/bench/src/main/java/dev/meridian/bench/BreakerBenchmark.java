package dev.meridian.bench;

import dev.meridian.routes.breaker.Breaker;
import dev.meridian.routes.breaker.Breakers;
import dev.meridian.routes.definition.BreakerScope;
import dev.meridian.routes.definition.CallWindow;
import dev.meridian.routes.definition.CircuitBreakerDefinition;
import dev.meridian.routes.definition.Percent;
import dev.meridian.routes.definition.StatusRange;
import dev.meridian.routes.region.RegionUpstreamFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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

/** What a circuit breaker adds to a request: whether it may pass, and how it went. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BreakerBenchmark {

    private static final long NANOS = 5_000_000;

    /** As under {@code circuit-breaker.window}. */
    @Param({"100", "10s"})
    public String window = "100";

    private @Nullable Breaker breaker;

    @Setup
    public void create() {
        breaker = new Breakers(Clock.systemUTC(), RegionUpstreamFactory.perThread(), change -> {})
                .get(
                        "orders",
                        "eu",
                        new CircuitBreakerDefinition(
                                BreakerScope.REGION,
                                CallWindow.of(window),
                                20,
                                new Percent(0.5),
                                new Percent(1),
                                null,
                                List.of(StatusRange.of("5xx")),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(60),
                                3));
    }

    @Benchmark
    public boolean answered() {
        Breaker of = Objects.requireNonNull(breaker, "made");
        boolean passes = of.passes();
        Breaker.Sent sent = of.sent();
        sent.onResponse(200, NANOS);
        sent.onEnd();
        return passes;
    }
}

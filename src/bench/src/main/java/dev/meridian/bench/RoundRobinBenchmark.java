package dev.meridian.bench;

import dev.meridian.routes.balance.RoundRobin;
import dev.meridian.routes.upstream.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

/**
 * One choice of an endpoint, as each request to an upstream makes it.
 *
 * <p>{@code java -jar src/bench/target/bench.jar RoundRobin -prof gc}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RoundRobinBenchmark {

    @Param({"2", "100", "1000"})
    int endpoints;

    private RoundRobin roundRobin = of(1);

    @Setup
    public void setUp() {
        roundRobin = of(endpoints);
    }

    private static RoundRobin of(int endpoints) {
        List<Endpoint> all = new ArrayList<>();
        for (int i = 0; i < endpoints; i++) {
            all.add(new Endpoint("http", "10.0.0." + i, 8080, 1 + i % 3, null, Map.of()));
        }
        return new RoundRobin(all);
    }

    @Benchmark
    public Endpoint choose() {
        return roundRobin.choose();
    }
}

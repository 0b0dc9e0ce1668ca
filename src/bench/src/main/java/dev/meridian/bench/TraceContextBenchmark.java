package dev.meridian.bench;

import dev.meridian.filters.trace.TraceContext;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What tracing costs a request: reading the caller's {@code traceparent}, or starting a trace.
 *
 * <p>{@code java -jar src/bench/target/bench.jar TraceContext -prof gc}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TraceContextBenchmark {

    private final SplittableRandom random = new SplittableRandom(1);
    private final String traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Benchmark
    public TraceContext continued() {
        return TraceContext.of(traceparent, random);
    }

    @Benchmark
    public TraceContext started() {
        return TraceContext.of(null, random);
    }
}

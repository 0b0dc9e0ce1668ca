package dev.meridian.bench;

import dev.meridian.filters.overload.ConcurrencyLimit;
import dev.meridian.filters.overload.LimitSettings;
import dev.meridian.filters.overload.Priority;
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
 * What a limit on requests under way costs each of them: a permit taken and given back, and where the limit is found by
 * measuring, what is measured; and what it costs to turn one away.
 *
 * <p>{@code java -jar src/bench/target/bench.jar Overload -prof gc}, and with {@code -t 2} for two event loops.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OverloadBenchmark {

    private static final long ANSWERED_AFTER = 20_000_000;

    private final ConcurrencyLimit fixed = new ConcurrencyLimit(new LimitSettings(100, false));
    private final ConcurrencyLimit adaptive = new ConcurrencyLimit(new LimitSettings(100, true));
    private final ConcurrencyLimit full = new ConcurrencyLimit(new LimitSettings(1, false));

    public OverloadBenchmark() {
        full.tryAcquire(Priority.CRITICAL);
    }

    @Benchmark
    public boolean fixed() {
        boolean admitted = fixed.tryAcquire(Priority.NORMAL);
        if (admitted) {
            fixed.release();
        }
        return admitted;
    }

    @Benchmark
    public boolean adaptive() {
        boolean admitted = adaptive.tryAcquire(Priority.NORMAL);
        if (admitted) {
            long now = System.nanoTime();
            adaptive.onAnswer(now - ANSWERED_AFTER, ANSWERED_AFTER, now);
            adaptive.release();
        }
        return admitted;
    }

    @Benchmark
    public boolean shed() {
        return full.tryAcquire(Priority.SHEDDABLE);
    }
}

package dev.meridian.testkit.time;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A monotonic clock in nanoseconds that only {@link #advance} moves. Thread-safe. */
public final class FakeTicker implements LongSupplier {

    private final AtomicLong nanos;

    /** A ticker that begins at 0. */
    public FakeTicker() {
        this(0);
    }

    /** A ticker that begins at {@code nanos}; one just before {@link Long#MAX_VALUE} shows who compares without wrapping. */
    public FakeTicker(long nanos) {
        this.nanos = new AtomicLong(nanos);
    }

    /** The time in nanoseconds since an arbitrary point, as {@link System#nanoTime()}. */
    @Override
    public long getAsLong() {
        return nanos.get();
    }

    /** Moves the time forward; it may run over {@link Long#MAX_VALUE}, as {@link System#nanoTime()} may. */
    public FakeTicker advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time: " + time + " (expected: >= 0, the clock is monotonic)");
        }
        nanos.addAndGet(time.toNanos());
        return this;
    }
}

package dev.meridian.routes.upstream;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An average that forgets: each sample weighs 1 - e^(-t/decay), where t is the time since the sample before; the first
 * is taken as it is. Thread-safe, without locks and without allocation.
 */
public final class Ewma {

    /*
     * Value and time stand in one long, so that both change at once: the value as a float above, below it the time in
     * steps of 2^16 ns (65 µs), of which 32 bits wrap after three days. Zero is no sample yet.
     */
    private static final int STEP_SHIFT = 16;
    /** A sample seems to come from the future: by less, from another thread's clock reading; by more, time has wrapped. */
    private static final int WRAPPED_STEPS = -(1 << 20);

    private final AtomicLong state = new AtomicLong();
    private final double decaySteps;
    private final boolean peak;

    private Ewma(Duration decay, boolean peak) {
        this.decaySteps = (double) (decay.toNanos() >> STEP_SHIFT);
        this.peak = peak;
    }

    public static Ewma of(Duration decay) {
        return new Ewma(decay, false);
    }

    /** One that follows a higher sample at once, and forgets it slowly: to be wary of what has just become slow. */
    public static Ewma peak(Duration decay) {
        return new Ewma(decay, true);
    }

    /** @param value above 0 */
    public void add(double value, long nowNanos) {
        int now = step(nowNanos);
        while (true) {
            long before = state.get();
            double average = value(before);
            double next;
            if (before == 0 || peak && value >= average) {
                next = value;
            } else {
                int steps = now - (int) before;
                if (steps <= 0 && steps >= WRAPPED_STEPS) {
                    return; // another sample of the same moment
                }
                next = steps < 0 ? value : average + (value - average) * (1 - Math.exp(-steps / decaySteps));
            }
            if (state.compareAndSet(before, pack(next, now))) {
                return;
            }
        }
    }

    /** The average; {@link Double#NaN} before the first sample. */
    public double get() {
        long now = state.get();
        return now == 0 ? Double.NaN : value(now);
    }

    /** The average, or {@link Double#NaN} where the last sample is older than this. */
    public double getWithin(long maxAgeNanos, long nowNanos) {
        long now = state.get();
        return now == 0 || ageNanos(now, nowNanos) > maxAgeNanos ? Double.NaN : value(now);
    }

    /** Since the last sample; {@link Long#MAX_VALUE} before the first. */
    public long ageNanos(long nowNanos) {
        long now = state.get();
        return now == 0 ? Long.MAX_VALUE : ageNanos(now, nowNanos);
    }

    private static long ageNanos(long state, long nowNanos) {
        int steps = step(nowNanos) - (int) state;
        if (steps < 0) {
            return steps < WRAPPED_STEPS ? Long.MAX_VALUE : 0;
        }
        return (long) steps << STEP_SHIFT;
    }

    private static int step(long nanos) {
        return (int) (nanos >> STEP_SHIFT);
    }

    private static long pack(double value, int step) {
        float stored = Math.max((float) value, Float.MIN_NORMAL);
        return (long) Float.floatToRawIntBits(stored) << 32 | step & 0xffffffffL;
    }

    private static double value(long state) {
        return Float.intBitsToFloat((int) (state >>> 32));
    }
}

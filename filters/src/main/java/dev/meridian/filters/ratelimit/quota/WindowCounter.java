package dev.meridian.filters.ratelimit.quota;

/** Counts this window and, where it slides, remembers the one before. */
final class WindowCounter extends Counter {

    /** What is carried over has been calculated and may be off by so much. */
    private static final double EPSILON = 1e-9;

    private final boolean sliding;
    private long index = Long.MIN_VALUE;
    private long current;
    private long previous;

    WindowCounter(Rate rate, boolean sliding) {
        super(rate);
        this.sliding = sliding;
    }

    private void roll(long now) {
        long next = now / rate.windowMicros();
        if (next > index) {
            // A limit that has been lowered meanwhile must not be paid for twice.
            previous = next == index + 1 ? Math.min(current, rate.limit()) : 0;
            current = 0;
            index = next;
        }
    }

    /** Of this window; a clock that has fallen behind stands at its beginning. */
    private long elapsed(long now) {
        return Math.max(0, now - index * rate.windowMicros());
    }

    @Override
    double used(long now) {
        roll(now);
        return current + (double) counting() * left(now) / rate.windowMicros();
    }

    /** What of the window before counts at this one's beginning. */
    private long counting() {
        return sliding ? Math.min(previous, rate.limit()) : 0;
    }

    /** Microseconds of this window that are still to come. */
    private long left(long now) {
        return rate.windowMicros() - elapsed(now);
    }

    @Override
    long room(long now) {
        roll(now);
        long before = counting();
        long used = before == 0 ? current : current + Proportion.ceil(before, left(now), rate.windowMicros());
        return Math.max(0, rate.limit() - used);
    }

    @Override
    void take(long now, int units) {
        roll(now);
        current += units;
    }

    @Override
    void giveBack(long now, long at, int units) {
        roll(now);
        long then = at / rate.windowMicros();
        if (then == index) {
            current = Math.max(0, current - units);
        } else if (then == index - 1) {
            previous = Math.max(0, previous - units);
        }
    }

    @Override
    long waitFor(long now, int units) {
        if (units > rate.limit()) {
            return NEVER;
        }
        if (room(now) >= units) {
            return 0;
        }
        long left = left(now);
        if (!sliding) {
            return left;
        }
        long free = rate.limit() - current - units;
        return free >= 0
                ? left - toCome(counting(), free)
                : left + rate.windowMicros() - toCome(Math.min(current, rate.limit()), rate.limit() - units);
    }

    /** How much of a window is still to come when so much of the window before is left that it fits. */
    private long toCome(long before, long free) {
        return before <= free ? rate.windowMicros() : Proportion.floor(free, rate.windowMicros(), before);
    }

    @Override
    long reset(long now) {
        roll(now);
        return left(now);
    }

    @Override
    void carry(long now, double used) {
        roll(now);
        current += (long) Math.ceil(Math.min(used, rate.limit()) - EPSILON);
    }

    @Override
    void takeOver(Counter before) {
        WindowCounter same = (WindowCounter) before;
        index = same.index;
        current = same.current;
        previous = same.previous;
    }

    /** @param a which window, {@code b} counted in it, {@code c} in the one before */
    @Override
    void load(long a, long b, long c) {
        index = a;
        current = b;
        previous = c;
    }
}

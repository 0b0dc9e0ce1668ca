package dev.meridian.filters.ratelimit.quota;

/**
 * A bucket by what is missing in it: an empty history is a full bucket. What is missing is whole units and a fraction of one
 * in {@code windowMicros}ths, so that what flows in is exact however slowly it does, and however often somebody looks.
 */
final class BucketCounter extends Counter {

    /** What is missing is told by others in millionths. */
    private static final long MILLIONTHS = 1_000_000;

    /** 142 years, in microseconds: what takes longer does not happen. */
    private static final double LONGEST = 1L << 52;

    private long missing;
    private long fraction;
    private long last = Long.MIN_VALUE;

    BucketCounter(Rate rate) {
        super(rate);
    }

    private void fill(long now) {
        if (last == Long.MIN_VALUE) {
            last = now;
        }
        if (now <= last) {
            return;
        }
        long time = now - last;
        last = now;
        if ((double) rate.limit() * time / rate.windowMicros() > missing + 2.0) {
            empty();
            return;
        }
        long units = Proportion.floor(rate.limit(), time, rate.windowMicros());
        missing -= units;
        fraction -= rate.limit() * time - units * rate.windowMicros();
        if (fraction < 0) {
            fraction += rate.windowMicros();
            missing--;
        }
        if (missing < 0) {
            empty();
        }
    }

    private void empty() {
        missing = 0;
        fraction = 0;
    }

    @Override
    double used(long now) {
        fill(now);
        return missing + (double) fraction / rate.windowMicros();
    }

    @Override
    long room(long now) {
        fill(now);
        return Math.max(0, rate.burst() - missing - (fraction > 0 ? 1 : 0));
    }

    @Override
    void take(long now, int units) {
        fill(now);
        missing += units;
    }

    @Override
    void giveBack(long now, long at, int units) {
        fill(now);
        missing -= units;
        if (missing < 0) {
            empty();
        }
    }

    @Override
    long waitFor(long now, int units) {
        if (units > rate.burst()) {
            return NEVER;
        }
        fill(now);
        return untilFilled(missing + units - rate.burst());
    }

    /** Microseconds until so many units, and the fraction, have flowed in. */
    private long untilFilled(long units) {
        if (units < 0 || units == 0 && fraction == 0) {
            return 0;
        }
        if (rate.limit() == 0 || (double) units * rate.windowMicros() / rate.limit() > LONGEST) {
            return NEVER;
        }
        long micros = Proportion.floor(units, rate.windowMicros(), rate.limit());
        long rest = units * rate.windowMicros() - micros * rate.limit() + fraction;
        return micros + (rest + rate.limit() - 1) / rate.limit();
    }

    @Override
    long reset(long now) {
        fill(now);
        long full = untilFilled(missing);
        return full == NEVER ? rate.windowMicros() : full;
    }

    @Override
    void carry(long now, double used) {
        fill(now);
        long whole = (long) used;
        missing += whole;
        fraction += (long) Math.ceil((used - whole) * rate.windowMicros());
        settle();
    }

    @Override
    void takeOver(Counter before) {
        BucketCounter same = (BucketCounter) before;
        missing = same.missing;
        fraction = same.fraction;
        last = same.last;
        settle();
    }

    /** @param a when, {@code b} what is missing in millionths */
    @Override
    void load(long a, long b, long c) {
        last = a;
        missing = b / MILLIONTHS;
        fraction = Proportion.ceil(b % MILLIONTHS, rate.windowMicros(), MILLIONTHS);
        carryOver();
    }

    private void carryOver() {
        missing += fraction / rate.windowMicros();
        fraction %= rate.windowMicros();
    }

    /** More than the bucket holds is not missing. */
    private void settle() {
        carryOver();
        if (missing >= rate.burst()) {
            missing = rate.burst();
            fraction = 0;
        }
    }
}

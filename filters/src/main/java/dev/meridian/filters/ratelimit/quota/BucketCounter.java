package dev.meridian.filters.ratelimit.quota;

/** A bucket by what is missing in it: an empty history is a full bucket. */
final class BucketCounter extends Counter {

    /** What is missing is told by others in millionths. */
    static final double MILLIONTHS = 1e6;

    private static final double EPSILON = 1e-6;

    private double missing;
    private long last = Long.MIN_VALUE;

    BucketCounter(Rate rate) {
        super(rate);
    }

    private double perMicro() {
        return (double) rate.limit() / rate.windowMicros();
    }

    @Override
    double used(long now) {
        if (last == Long.MIN_VALUE) {
            last = now;
        }
        if (now > last) {
            missing = Math.max(0, missing - (now - last) * perMicro());
            last = now;
        }
        return missing;
    }

    @Override
    long room(long now) {
        return Math.max(0, (long) Math.floor(rate.burst() - used(now) + EPSILON));
    }

    @Override
    void take(long now, int units) {
        missing = used(now) + units;
    }

    @Override
    void giveBack(long now, long at, int units) {
        missing = Math.max(0, used(now) - units);
    }

    @Override
    long waitFor(long now, int units) {
        if (units > rate.burst() || rate.limit() == 0) {
            return NEVER;
        }
        double tooMuch = used(now) + units - rate.burst();
        return tooMuch <= EPSILON ? 0 : Math.max(1, (long) Math.ceil(tooMuch / perMicro()));
    }

    @Override
    long reset(long now) {
        return rate.limit() == 0 ? rate.windowMicros() : (long) Math.ceil(used(now) / perMicro());
    }

    @Override
    void carry(long now, double used) {
        missing = Math.min(rate.burst(), used(now) + used);
    }

    @Override
    void takeOver(Counter before) {
        BucketCounter same = (BucketCounter) before;
        missing = Math.min(same.missing, rate.burst());
        last = same.last;
    }

    /** @param a when, {@code b} what is missing in {@link #MILLIONTHS} */
    @Override
    void load(long a, long b, long c) {
        last = a;
        missing = b / MILLIONTHS;
    }
}

package dev.meridian.filters.ratelimit.quota;

/**
 * What has been taken of one rate. Times are microseconds since the epoch; one that lies before what was told already counts
 * as that. Not thread-safe.
 */
abstract class Counter {

    /** What can never be had. */
    static final long NEVER = Long.MAX_VALUE;

    final Rate rate;

    Counter(Rate rate) {
        this.rate = rate;
    }

    /** Whole units that may be taken now, 0 or more. */
    abstract long room(long now);

    /** Takes them, whether there is room or not. */
    abstract void take(long now, int units);

    /** Undoes what was taken then, as far as it still counts. */
    abstract void giveBack(long now, long at, int units);

    /** Microseconds until so many may be taken if nobody else takes any; {@link #NEVER} where that is more than there can be. */
    abstract long waitFor(long now, int units);

    /** Microseconds until the window ends, or the bucket is full. */
    abstract long reset(long now);

    /** What counts at present. */
    abstract double used(long now);

    /** Counts as much as if it had been taken now. */
    abstract void carry(long now, double used);

    /** Goes on from what the other one, of the same kind and window, has counted. */
    abstract void takeOver(Counter before);

    /** Takes over what somebody else has counted; what the figures mean depends on the algorithm. */
    abstract void load(long a, long b, long c);
}

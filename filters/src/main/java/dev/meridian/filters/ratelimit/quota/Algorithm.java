package dev.meridian.filters.ratelimit.quota;

/** How requests are counted against a limit. */
public enum Algorithm {

    /**
     * Two counters, of this window and of the one before: what counts is the present one and as much of the former as still
     * lies within the last window's length, as if it had come evenly. Never more than the limit between two full windows;
     * in any stretch as long as a window less than twice the limit, and that much only where a window's requests came at its
     * very end.
     */
    SLIDING_WINDOW,

    /** The time of each request: exact in every stretch, at eight bytes a request here and some more in Redis. */
    SLIDING_LOG,

    /** A bucket that holds {@code burst} and fills up with {@code limit} in each window's length. */
    TOKEN_BUCKET,

    /** One counter that begins anew with each window. */
    FIXED_WINDOW;

    Counter counter(Rate rate) {
        return switch (this) {
            case SLIDING_WINDOW -> new WindowCounter(rate, true);
            case FIXED_WINDOW -> new WindowCounter(rate, false);
            case TOKEN_BUCKET -> new BucketCounter(rate);
            case SLIDING_LOG -> new LogCounter(rate);
        };
    }

    /** One that is told by somebody else what has been counted. */
    Counter seen(Rate rate) {
        return this == SLIDING_LOG ? new SeenLog(rate) : counter(rate);
    }
}

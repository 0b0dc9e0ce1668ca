package dev.meridian.filters.ratelimit.quota;

/**
 * How much may pass in how long.
 *
 * @param limit units in a window; 0 only as a share of less than one unit for each gateway
 * @param windowMicros the window's length in microseconds, 1 ms to 31 d
 * @param burst what a token bucket holds; of no meaning to the other algorithms
 */
public record Rate(long limit, long windowMicros, long burst) {

    /** Where a bucket holds what passes in a window. */
    public Rate(long limit, long windowMicros) {
        this(limit, windowMicros, limit);
    }

    /** The most that may be taken at once. */
    public long most(Algorithm algorithm) {
        return algorithm == Algorithm.TOKEN_BUCKET ? burst : limit;
    }

    /** Microseconds after which nothing of what was taken counts any more. */
    public long lifeMicros(Algorithm algorithm) {
        return switch (algorithm) {
            case SLIDING_WINDOW -> 2 * windowMicros;
            case TOKEN_BUCKET -> (long) Math.ceil((double) burst / Math.max(1, limit) * windowMicros);
            case SLIDING_LOG, FIXED_WINDOW -> windowMicros;
        };
    }

    /**
     * One gateway's part where each counts for itself. The parts of all ranks add up to the whole.
     *
     * @param of how many gateways there are
     * @param rank of the one, 0 to {@code of} - 1
     */
    public Rate share(int of, int rank) {
        return new Rate(part(limit, of, rank), windowMicros, part(burst, of, rank));
    }

    private static long part(long whole, int of, int rank) {
        return whole / of + (rank < whole % of ? 1 : 0);
    }
}

package dev.meridian.routes.upstream;

/**
 * How what returns climbs: from a tenth, where it is not zero so that it learns, to the whole. Thread-safe; begun and ended
 * by one thread.
 */
final class Ramp {

    private static final double FLOOR = 0.1;

    private volatile boolean climbing;
    private volatile long begunNanos;

    void begin(long nowNanos) {
        begunNanos = nowNanos;
        climbing = true;
    }

    boolean climbing() {
        return climbing;
    }

    /** The part reached; at the top the climb is over. */
    double climb(long rampNanos, long nowNanos) {
        double reached = reached(rampNanos, nowNanos);
        if (reached >= 1) {
            climbing = false;
        }
        return reached;
    }

    /** The same for whoever only looks. */
    double reached(long rampNanos, long nowNanos) {
        long elapsed = nowNanos - begunNanos;
        return !climbing || elapsed >= rampNanos ? 1 : Math.max(FLOOR, (double) elapsed / rampNanos);
    }
}

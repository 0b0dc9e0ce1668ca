package dev.meridian.routes.upstream;

/** How what returns climbs: from a tenth, where it is not zero so that it learns, to the whole. */
final class Ramp {

    private static final double FLOOR = 0.1;

    private Ramp() {}

    static double at(long elapsedNanos, long rampNanos) {
        return elapsedNanos >= rampNanos ? 1 : Math.max(FLOOR, (double) elapsedNanos / rampNanos);
    }
}

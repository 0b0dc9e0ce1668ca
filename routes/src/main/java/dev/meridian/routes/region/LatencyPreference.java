package dev.meridian.routes.region;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which of several regions is the fastest, decided so that it does not flap. Confined to one thread.
 *
 * @param <T> what stands for a region
 */
final class LatencyPreference<T> {

    /** Another region must be better by a tenth and by two milliseconds. */
    private static final double BETTER_RATIO = 0.9;

    private static final double BETTER_NANOS = Duration.ofMillis(2).toNanos();
    /** Not decided anew for so long, unless the preferred region has become twice as slow as another. */
    private static final long DWELL_NANOS = Duration.ofSeconds(30).toNanos();

    private static final double MUCH_BETTER_RATIO = 0.5;

    private @Nullable T preferred;
    private boolean measured;
    private long decidedNanos;

    /**
     * The preferred one.
     *
     * @param regions that can serve, at least one, in the order to prefer where nothing is measured
     * @param latencies in nanoseconds, {@link Double#NaN} where not measured
     */
    T prefer(java.util.List<T> regions, double[] latencies, long nowNanos) {
        int best = 0;
        for (int i = 1; i < latencies.length; i++) {
            boolean faster = latencies[i] < latencies[best];
            if (faster || Double.isNaN(latencies[best]) && !Double.isNaN(latencies[i])) {
                best = i;
            }
        }
        int current = preferred == null ? -1 : regions.indexOf(preferred);
        if (current < 0 || isBetter(latencies[best], latencies[current], nowNanos)) {
            decide(regions.get(best), nowNanos);
            current = best;
        }
        measured = !Double.isNaN(latencies[current]);
        return regions.get(current);
    }

    private boolean isBetter(double best, double current, long nowNanos) {
        if (Double.isNaN(current)) {
            return !Double.isNaN(best);
        }
        boolean better = best < current * BETTER_RATIO && current - best > BETTER_NANOS;
        boolean settled = measured && nowNanos - decidedNanos < DWELL_NANOS;
        return better && (!settled || best < current * MUCH_BETTER_RATIO);
    }

    private void decide(T region, long nowNanos) {
        if (!region.equals(preferred)) {
            preferred = region;
            decidedNanos = nowNanos;
        }
    }
}

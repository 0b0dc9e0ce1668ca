package dev.meridian.routes.balance;

import dev.meridian.routes.upstream.EndpointState;
import java.time.Duration;

/**
 * Prefers the endpoint with the lower time to first byte times (1 + requests under way): peak EWMA, the time follows a rise
 * at once.
 */
final class LeastResponseTime implements TwoChoices.Preference {

    /** Costs that differ by less count as alike: then the first is taken, so that noise does not make one always win. */
    private static final double ALIKE = 0.9;
    /** An endpoint that has not been heard of drifts back to its region's mean, or it would never be tried again. */
    private static final double DRIFT_NANOS = Duration.ofSeconds(10).toNanos();

    private static final long FRESH_NANOS = Duration.ofMillis(100).toNanos();

    private final Candidates candidates;
    private final double[] weights;

    LeastResponseTime(Candidates candidates) {
        this.candidates = candidates;
        this.weights = candidates.relativeWeights();
    }

    @Override
    public boolean prefers(int other, int first, long nowNanos) {
        return cost(other, nowNanos) < ALIKE * cost(first, nowNanos);
    }

    private double cost(int i, long nowNanos) {
        EndpointState state = candidates.get(i).state();
        return responseTime(state, nowNanos) * (1 + state.active() / weights[i]);
    }

    private double responseTime(EndpointState state, long nowNanos) {
        double mean = candidates.region().responseTime().get();
        double known = state.responseTime().get();
        if (Double.isNaN(known)) {
            return Double.isNaN(mean) ? 1 : mean; // new: as good as the others, no better
        }
        long age = state.responseTime().ageNanos(nowNanos);
        return age < FRESH_NANOS || Double.isNaN(mean) ? known : mean + (known - mean) * Math.exp(-age / DRIFT_NANOS);
    }
}

package dev.meridian.routes.balance;

import dev.meridian.routes.upstream.EndpointState;
import java.time.Duration;

/**
 * Prefers the endpoint with the lower reported utilisation times (1 + requests under way): a report is always a little old,
 * what the gateway has sent since is not in it. Where one of the two has not reported for three minutes, only requests under
 * way count.
 */
final class LeastUtilised implements TwoChoices.Preference {

    private static final long STALE_NANOS = Duration.ofMinutes(3).toNanos();
    /** An idle endpoint reports 0, which times anything is still 0. */
    private static final double LEAST = 0.01;

    private final Candidates candidates;
    private final double[] weights;

    LeastUtilised(Candidates candidates) {
        this.candidates = candidates;
        this.weights = candidates.relativeWeights();
    }

    @Override
    public boolean prefers(int other, int first, long nowNanos) {
        EndpointState a = candidates.get(first).state();
        EndpointState b = candidates.get(other).state();
        double loadA = 1 + a.active() / weights[first];
        double loadB = 1 + b.active() / weights[other];
        double usedA = a.utilisation().getWithin(STALE_NANOS, nowNanos);
        double usedB = b.utilisation().getWithin(STALE_NANOS, nowNanos);
        if (!Double.isNaN(usedA) && !Double.isNaN(usedB)) {
            loadA *= Math.max(usedA, LEAST);
            loadB *= Math.max(usedB, LEAST);
        }
        return loadB < loadA;
    }
}

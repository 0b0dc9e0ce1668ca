package dev.meridian.routes.balance;

import dev.meridian.routes.upstream.EndpointState;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Selection;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Of two endpoints drawn by weight, the one with the lower reported utilisation times (1 + requests under way): a report
 * is always a little old, what the gateway has sent since is not in it. Where one of them has not reported for three
 * minutes, only requests under way count.
 */
final class LeastUtilised implements Balancer {

    private static final long STALE_NANOS = Duration.ofMinutes(3).toNanos();
    /** An idle endpoint reports 0, which times anything is still 0. */
    private static final double LEAST = 0.01;

    private final Candidates candidates;
    private final WeightedDraw draw;
    private final double[] weights;

    LeastUtilised(Candidates candidates) {
        this.candidates = candidates;
        this.draw = new WeightedDraw(candidates.weights());
        this.weights = candidates.relativeWeights();
    }

    @Override
    public LiveEndpoint choose(Selection selection, RandomGenerator random, long nowNanos) {
        int first = draw.draw(random);
        int second = draw.drawOther(first, random);
        EndpointState a = candidates.get(first).state();
        EndpointState b = candidates.get(second).state();
        double loadA = 1 + a.active() / weights[first];
        double loadB = 1 + b.active() / weights[second];
        double usedA = a.utilisation().getWithin(STALE_NANOS, nowNanos);
        double usedB = b.utilisation().getWithin(STALE_NANOS, nowNanos);
        if (!Double.isNaN(usedA) && !Double.isNaN(usedB)) {
            loadA *= Math.max(usedA, LEAST);
            loadB *= Math.max(usedB, LEAST);
        }
        return candidates.get(loadB < loadA ? second : first);
    }
}

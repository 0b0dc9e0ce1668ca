package dev.meridian.routes.balance;

import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Selection;
import java.util.random.RandomGenerator;

/**
 * The power of two choices: of two endpoints drawn by weight, the one with fewer requests under way for its weight; the
 * first where both are alike, so that idle endpoints share by weight.
 */
final class LeastRequest implements Balancer {

    private final Candidates candidates;
    private final WeightedDraw draw;
    private final double[] weights;

    LeastRequest(Candidates candidates) {
        this.candidates = candidates;
        this.draw = new WeightedDraw(candidates.weights());
        this.weights = candidates.relativeWeights();
    }

    @Override
    public LiveEndpoint choose(Selection selection, RandomGenerator random, long nowNanos) {
        int first = draw.draw(random);
        int second = draw.drawOther(first, random);
        return candidates.get(load(second) < load(first) ? second : first);
    }

    private double load(int i) {
        return candidates.get(i).state().active() / weights[i];
    }
}

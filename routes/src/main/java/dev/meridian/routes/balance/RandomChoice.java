package dev.meridian.routes.balance;

import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Selection;
import java.util.random.RandomGenerator;

/** By chance, weighted. */
final class RandomChoice implements Balancer {

    private final Candidates candidates;
    private final WeightedDraw draw;

    RandomChoice(Candidates candidates) {
        this.candidates = candidates;
        this.draw = new WeightedDraw(candidates.weights());
    }

    @Override
    public LiveEndpoint choose(Selection selection, RandomGenerator random, long nowNanos) {
        return candidates.get(draw.draw(random));
    }
}

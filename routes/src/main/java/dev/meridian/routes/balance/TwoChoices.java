package dev.meridian.routes.balance;

import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Selection;
import java.util.random.RandomGenerator;

/**
 * The power of two choices: of two endpoints drawn by weight the first, unless the other is preferred. Where neither is,
 * endpoints so share by weight.
 */
final class TwoChoices implements Balancer {

    /** Compares two endpoints, given by their numbers among the candidates. */
    @FunctionalInterface
    interface Preference {

        /** @param nowNanos as {@link System#nanoTime()} */
        boolean prefers(int other, int first, long nowNanos);
    }

    private final Candidates candidates;
    private final WeightedDraw draw;
    private final Preference preference;

    TwoChoices(Candidates candidates, Preference preference) {
        this.candidates = candidates;
        this.draw = new WeightedDraw(candidates.weights());
        this.preference = preference;
    }

    @Override
    public LiveEndpoint choose(Selection selection, RandomGenerator random, long nowNanos) {
        int first = draw.draw(random);
        int other = draw.drawOther(first, random);
        boolean changed = other != first && preference.prefers(other, first, nowNanos);
        return candidates.get(changed ? other : first);
    }
}

package dev.meridian.routes.balance;

/** Prefers the endpoint with fewer requests under way for its weight. */
final class LeastRequest implements TwoChoices.Preference {

    private final Candidates candidates;
    private final double[] weights;

    LeastRequest(Candidates candidates) {
        this.candidates = candidates;
        this.weights = candidates.relativeWeights();
    }

    @Override
    public boolean prefers(int other, int first, long nowNanos) {
        return load(other) < load(first);
    }

    private double load(int i) {
        return candidates.get(i).state().active() / weights[i];
    }
}

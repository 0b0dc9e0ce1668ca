package dev.meridian.routes.balance;

import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Selection;
import java.util.random.RandomGenerator;

/**
 * Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam 2016): a key goes on to the next endpoint on the
 * ring while its own has more than 1.25 times the mean of requests under way.
 */
final class BoundedLoadHash implements Balancer {

    private static final double FACTOR = 1.25;
    /** So few requests under way overload nobody, and keys stay where they belong while the gateway is nearly idle. */
    private static final int NEVER_OVERLOADED = 8;

    private final HashRing ring;
    private final Candidates candidates;
    /** By the endpoint's index in its region: its place among the candidates, -1 where it is none. */
    private final int[] places;

    private final double[] weights;

    BoundedLoadHash(HashRing ring, Candidates candidates, int regionSize) {
        this.ring = ring;
        this.candidates = candidates;
        this.weights = candidates.relativeWeights();
        this.places = new int[regionSize];
        java.util.Arrays.fill(places, -1);
        for (int i = 0; i < candidates.size(); i++) {
            places[candidates.get(i).index()] = i;
        }
    }

    @Override
    public LiveEndpoint choose(Selection selection, RandomGenerator random, long nowNanos) {
        int start = ring.position(selection.keyHash());
        double mean = (candidates.region().active() + 1.0) / candidates.size();
        int first = -1;
        for (int step = 0; step < ring.size(); step++) {
            int at = start + step;
            int place = places[ring.owner(at < ring.size() ? at : at - ring.size())];
            if (place < 0) {
                continue;
            }
            int active = candidates.get(place).state().active() + 1;
            if (active <= NEVER_OVERLOADED || active <= Math.ceil(FACTOR * mean * weights[place])) {
                return candidates.get(place);
            }
            if (first < 0) {
                first = place;
            }
        }
        return candidates.get(Math.max(first, 0));
    }
}

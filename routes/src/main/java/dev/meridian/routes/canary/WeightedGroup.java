package dev.meridian.routes.canary;

import dev.meridian.routes.hash.Hashes;
import java.util.Map;

/**
 * Routes that share requests in proportion to their weights. Immutable.
 *
 * <p>For a key the choice is weighted rendezvous hashing: each route scores {@code -weight / ln(u)}, with {@code u} between
 * 0 and 1 from a hash of key and route, and the highest score wins. A route's score depends on nothing but itself, so that
 * a change of weights moves keys only towards routes that gained and away from routes that lost, and a route that comes or
 * goes moves its own share alone. See Schindelhauer and Schomaker, "Weighted distributed hash tables", SPAA 2005.
 */
final class WeightedGroup {

    private static final double UNIT = 0x1p-53;

    private final String[] routes;
    private final double[] weights;
    private final long[] hashes;
    private final double total;

    /** @param weights by the route's id; a route of no weight is never chosen, one at least has some */
    WeightedGroup(Map<String, Integer> weights) {
        this.routes = weights.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .map(Map.Entry::getKey)
                .toArray(String[]::new);
        this.weights = new double[routes.length];
        this.hashes = new long[routes.length];
        double sum = 0;
        for (int i = 0; i < routes.length; i++) {
            Integer weight = weights.get(routes[i]);
            this.weights[i] = weight == null ? 0 : weight;
            this.hashes[i] = Hashes.of(routes[i]);
            sum += this.weights[i];
        }
        this.total = sum;
        if (routes.length == 0) {
            throw new IllegalArgumentException("weights: " + weights + " (expected: one above 0 at least)");
        }
    }

    /** @param fraction of the whole weight, from 0 to below 1; as chance has it, each route is found by its share */
    String at(double fraction) {
        double left = fraction * total;
        int last = routes.length - 1;
        for (int i = 0; i < last; i++) {
            left -= weights[i];
            if (left < 0) {
                return routes[i];
            }
        }
        return routes[last];
    }

    /** The same route for the same key, on every gateway. */
    String of(String key) {
        long keyHash = Hashes.of(key);
        int best = 0;
        double bestScore = -1;
        for (int i = 0; i < routes.length; i++) {
            double u = ((Hashes.mix(keyHash ^ hashes[i]) >>> 11) + 0.5) * UNIT;
            double score = -weights[i] / StrictMath.log(u); // strict: the same to the last bit on every machine
            if (score > bestScore) {
                bestScore = score;
                best = i;
            }
        }
        return routes[best];
    }
}

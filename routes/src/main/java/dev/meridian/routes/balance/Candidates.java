package dev.meridian.routes.balance;

import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.RegionState;

/**
 * The endpoints of one region that may be used at present.
 *
 * @param endpoints at least one
 * @param weights of the endpoints, each above 0; less than configured while one returns
 * @param region what is known of the region
 */
public record Candidates(LiveEndpoint[] endpoints, double[] weights, RegionState region) {

    public Candidates {
        if (endpoints.length == 0 || endpoints.length != weights.length) {
            throw new IllegalArgumentException(
                    endpoints.length + " endpoints, " + weights.length + " weights (expected: one for each, not none)");
        }
    }

    int size() {
        return endpoints.length;
    }

    LiveEndpoint get(int i) {
        return endpoints[i];
    }

    /** The weights, in proportion to their mean. */
    double[] relativeWeights() {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        double[] relative = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            relative[i] = weights[i] * weights.length / sum;
        }
        return relative;
    }
}

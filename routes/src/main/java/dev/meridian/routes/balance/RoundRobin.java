package dev.meridian.routes.balance;

import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.EndpointChooser;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Smooth weighted round robin. The order of one whole turn is worked out once, so that a choice is one atomic
 * increment and an array read.
 */
public final class RoundRobin implements EndpointChooser {

    /*
     * The turn is built as NGINX does it: at each step every endpoint gains its weight, the one with the most is taken
     * and pays the sum of all weights. {a: 5, b: 1, c: 1} gives a a b a c a a rather than five a in a row.
     */
    private final Endpoint[] turn;
    private final AtomicInteger next = new AtomicInteger();

    /** @param endpoints at least one, each of a weight of at least 1 */
    public RoundRobin(List<Endpoint> endpoints) {
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("endpoints: [] (expected: at least one)");
        }
        int divisor = endpoints.stream().mapToInt(Endpoint::weight).reduce(0, RoundRobin::gcd);
        int total = endpoints.stream().mapToInt(e -> e.weight() / divisor).sum();
        int[] credit = new int[endpoints.size()];
        this.turn = new Endpoint[total];
        for (int step = 0; step < total; step++) {
            int best = 0;
            for (int i = 0; i < credit.length; i++) {
                credit[i] += endpoints.get(i).weight() / divisor;
                if (credit[i] > credit[best]) {
                    best = i;
                }
            }
            credit[best] -= total;
            turn[step] = endpoints.get(best);
        }
    }

    @Override
    public Endpoint choose() {
        return turn[Math.floorMod(next.getAndIncrement(), turn.length)];
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}

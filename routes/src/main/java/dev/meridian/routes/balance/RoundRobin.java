package dev.meridian.routes.balance;

import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Selection;
import java.util.Arrays;
import java.util.Comparator;
import java.util.random.RandomGenerator;

/**
 * Smooth weighted round robin. The order of one whole turn is worked out once, so that a choice is one atomic increment
 * and an array read.
 */
final class RoundRobin implements Balancer {

    /*
     * The turn is built as by earliest deadline first: the k-th time of an endpoint of weight w is due at (k + 1/2) / w.
     * {a: 5, b: 1, c: 1} gives a a a b c a a rather than five a in a row.
     */
    private static final int MAX_TURN = 4096;

    private final int[] turn;
    private final Candidates candidates;

    RoundRobin(Candidates candidates) {
        this.candidates = candidates;
        this.turn = turn(times(candidates.weights()));
    }

    @Override
    public LiveEndpoint choose(Selection selection, RandomGenerator random, long nowNanos) {
        return candidates.get(turn[Math.floorMod(candidates.region().nextTurn(), turn.length)]);
    }

    /** How often each endpoint stands in the turn: its weight, as small as the proportions (or the turn) allow. */
    private static int[] times(double[] weights) {
        boolean whole = Arrays.stream(weights).allMatch(weight -> weight == Math.rint(weight));
        if (whole) {
            int divisor =
                    Arrays.stream(weights).mapToInt(weight -> (int) weight).reduce(0, RoundRobin::gcd);
            if (Arrays.stream(weights).sum() / divisor <= MAX_TURN) {
                return Arrays.stream(weights)
                        .mapToInt(weight -> (int) weight / divisor)
                        .toArray();
            }
        }
        // In proportion, each at least once.
        double unit = Arrays.stream(weights).sum() / MAX_TURN;
        return Arrays.stream(weights)
                .mapToInt(weight -> (int) Math.max(1, Math.round(weight / unit)))
                .toArray();
    }

    private static int[] turn(int[] times) {
        record Slot(int index, double due) {}

        Slot[] slots = new Slot[Arrays.stream(times).sum()];
        int n = 0;
        for (int i = 0; i < times.length; i++) {
            for (int k = 0; k < times[i]; k++) {
                slots[n++] = new Slot(i, (k + 0.5) / times[i]);
            }
        }
        Arrays.sort(slots, Comparator.comparingDouble(Slot::due));
        return Arrays.stream(slots).mapToInt(Slot::index).toArray();
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}

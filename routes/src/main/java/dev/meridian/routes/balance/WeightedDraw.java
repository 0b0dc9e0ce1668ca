package dev.meridian.routes.balance;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Draws an index by chance, each as often as its weight says. Immutable. */
final class WeightedDraw {

    /** Sums of the weights up to and with each index; {@code null} where all weigh the same. */
    private final double @org.jspecify.annotations.Nullable [] sums;

    private final int size;

    WeightedDraw(double[] weights) {
        this.size = weights.length;
        boolean equal = Arrays.stream(weights).allMatch(weight -> weight == weights[0]);
        double[] all = weights.clone();
        for (int i = 1; i < all.length; i++) {
            all[i] += all[i - 1];
        }
        this.sums = equal ? null : all;
    }

    int draw(RandomGenerator random) {
        double[] all = sums;
        if (all == null) {
            return size == 1 ? 0 : random.nextInt(size);
        }
        int at = Arrays.binarySearch(all, random.nextDouble() * all[size - 1]);
        return Math.min(at < 0 ? -at - 1 : at + 1, size - 1);
    }

    /** Another than {@code first}, where there is another. */
    int drawOther(int first, RandomGenerator random) {
        if (size == 1) {
            return first;
        }
        if (size == 2) {
            return 1 - first;
        }
        int second = draw(random);
        return second != first ? second : (first + 1 + random.nextInt(size - 1)) % size;
    }
}

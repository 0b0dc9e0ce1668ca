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

    /**
     * Another than {@code first} to compare it with, or {@code first} again. A lighter one is compared only as often as its
     * weight says: it would win against every heavier one that has something to do, and get far more than its share.
     */
    int drawOther(int first, RandomGenerator random) {
        if (size == 1) {
            return first;
        }
        int second;
        if (size == 2) {
            second = 1 - first;
        } else {
            second = draw(random);
            second = second != first ? second : (first + 1 + random.nextInt(size - 1)) % size;
        }
        double[] all = sums;
        if (all == null) {
            return second;
        }
        double lighter = weight(all, second) / weight(all, first);
        return lighter >= 1 || random.nextDouble() < lighter ? second : first;
    }

    private static double weight(double[] sums, int i) {
        return i == 0 ? sums[0] : sums[i] - sums[i - 1];
    }
}

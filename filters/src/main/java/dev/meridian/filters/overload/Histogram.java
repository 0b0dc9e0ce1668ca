package dev.meridian.filters.overload;

import java.util.Arrays;

/**
 * Counts durations in classes that are an eighth of an octave wide, for the median; within a class they count as spread
 * evenly. Not thread-safe.
 */
final class Histogram {

    private static final int PER_OCTAVE_BITS = 3;
    private static final int PER_OCTAVE = 1 << PER_OCTAVE_BITS;

    private final int[] counts = new int[64 * PER_OCTAVE];
    private int count;

    /** @param nanos 1 or more */
    void add(long nanos) {
        counts[index(nanos)]++;
        count++;
    }

    /** Adds what another one has counted. */
    void add(Histogram other) {
        for (int i = 0; other.count > 0 && i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        count += other.count;
    }

    /** Takes back what was added of another one. */
    void remove(Histogram other) {
        for (int i = 0; other.count > 0 && i < counts.length; i++) {
            counts[i] -= other.counts[i];
        }
        count -= other.count;
    }

    int count() {
        return count;
    }

    void clear() {
        if (count > 0) {
            Arrays.fill(counts, 0);
            count = 0;
        }
    }

    /** 0 where nothing was counted. */
    double median() {
        double wanted = count / 2.0;
        int before = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0 && before + counts[i] >= wanted) {
                double from = lowest(i);
                return from + (lowest(i + 1) - from) * (wanted - before) / counts[i];
            }
            before += counts[i];
        }
        return 0;
    }

    private static int index(long nanos) {
        int octave = 63 - Long.numberOfLeadingZeros(nanos);
        int within = octave < PER_OCTAVE_BITS
                ? (int) (nanos << (PER_OCTAVE_BITS - octave)) & PER_OCTAVE - 1
                : (int) (nanos >>> (octave - PER_OCTAVE_BITS)) & PER_OCTAVE - 1;
        return octave * PER_OCTAVE + within;
    }

    private static double lowest(int index) {
        return Math.scalb(1 + (index & PER_OCTAVE - 1) / (double) PER_OCTAVE, index >> PER_OCTAVE_BITS);
    }
}

package dev.meridian.testkit.random;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** A random generator whose numbers follow from its seed alone. Thread-safe. */
public final class SeededRandom implements RandomGenerator {

    /** The step of SplitMix64: the golden ratio in 64 bits, odd, so that the counter takes every value. */
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private final long seed;
    private final AtomicLong counter;

    /** The generator of {@code seed}. */
    public SeededRandom(long seed) {
        this.seed = seed;
        this.counter = new AtomicLong(seed);
    }

    @Override
    public long nextLong() {
        long z = counter.addAndGet(STEP);
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public String toString() {
        return "seed " + seed;
    }
}

package dev.meridian.filters.resilience;

import dev.meridian.routes.definition.RetryDefinition;
import java.util.random.RandomGenerator;

/** How long a request waits before it is sent again: full jitter, so that those that failed together do not come together. */
public final class Backoff {

    private Backoff() {}

    /**
     * Draws from 0 to {@code backoff} × 2^{@code retries}, but at most {@code max-backoff}.
     *
     * @param retries made so far
     * @return nanoseconds
     */
    public static long nanos(RetryDefinition settings, int retries, RandomGenerator random) {
        long base = settings.backoff().toNanos();
        long max = settings.maxBackoff().toNanos();
        long longest = retries < Long.numberOfLeadingZeros(base) - 1 ? Math.min(max, base << retries) : max;
        return longest <= 0 ? 0 : random.nextLong(longest + 1);
    }
}

package dev.meridian.filters.ratelimit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One of several limits.
 *
 * @param limit units in a window, 1 to 1000000000; required
 * @param window 1ms to 31d; required
 * @param burst how many units a {@code token-bucket} holds; default as many as {@code limit}
 */
public record RateDefinition(
        @Nullable Long limit,
        @Nullable Duration window,
        @Nullable Long burst) {}

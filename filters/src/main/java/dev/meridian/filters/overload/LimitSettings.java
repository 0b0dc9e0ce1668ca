package dev.meridian.filters.overload;

import org.jspecify.annotations.Nullable;

/**
 * What is to hold of one limit.
 *
 * @param max never more than this; {@link ConcurrencyLimit#NONE} for any number
 * @param adaptive whether it is found by measuring
 */
public record LimitSettings(int max, boolean adaptive) {

    /** As written; {@code null} for no limit at all. */
    public static @Nullable LimitSettings of(@Nullable Integer maxRequests, boolean adaptive) {
        return maxRequests == null && !adaptive
                ? null
                : new LimitSettings(maxRequests == null ? ConcurrencyLimit.NONE : maxRequests, adaptive);
    }
}

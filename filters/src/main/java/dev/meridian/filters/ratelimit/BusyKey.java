package dev.meridian.filters.ratelimit;

/**
 * A key that much is taken for.
 *
 * @param key as it is kept
 * @param used units that count at present, of the rate that is used up the most
 * @param share of that rate, 0 to 1
 */
public record BusyKey(String key, double used, double share) {}

package dev.meridian.filters.ratelimit;

/**
 * What a request counts for.
 *
 * @param text as it is kept: the same for the same key, different for different ones, and of characters that stand for
 *     nothing else in any store
 */
record LimitKey(String text, Limits limits) {}

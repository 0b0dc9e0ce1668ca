package dev.meridian.filters.ratelimit.quota;

/**
 * How it stands with one rate.
 *
 * @param used units that count at present; more than the rate allows where that has been lowered
 * @param remaining whole units that may still be taken
 * @param resetMicros until the window ends, or the bucket is full
 * @param waitMicros until as many as were asked about may be taken if nobody else takes any; 0 where they may be now, {@link
 *     Long#MAX_VALUE} where they never may
 */
public record Standing(double used, long remaining, long resetMicros, long waitMicros) {}

package dev.meridian.routes.breaker;

/**
 * A breaker at one moment.
 *
 * @param failureRate 0 to 100, below 0 where too few calls are known
 * @param slowCallRate likewise
 * @param calls in its window
 * @param remainingMillis until it lets a few requests pass; 0 where it is not open
 */
public record BreakerView(BreakerState state, float failureRate, float slowCallRate, int calls, long remainingMillis) {}

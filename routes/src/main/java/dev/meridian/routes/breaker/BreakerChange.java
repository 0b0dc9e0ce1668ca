package dev.meridian.routes.breaker;

/**
 * A breaker has changed its state.
 *
 * @param upstream whose it is
 * @param what of the upstream it watches: a region, or a region and an endpoint; empty for all of it
 * @param reason with the numbers that caused it
 */
public record BreakerChange(String upstream, String what, BreakerState before, BreakerState now, String reason) {}

package dev.meridian.routes.definition;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When too many requests fail or are slow, nothing more is sent for a while, as written under {@code circuit-breaker}: the
 * breaker opens. Then a few requests are let through to see (half-open); if they go well, it closes.
 *
 * @param per what has a breaker of its own: {@code upstream}, {@code region} or {@code endpoint}; default {@code region}
 * @param window the requests that count: the last so many, as in 100, or those of the last time, as in 10s; default 100
 * @param minimumCalls in the window, below which it never opens; default 20
 * @param failureRate share of failures at which it opens, above 0%; default 50%
 * @param slowCallRate share of slow requests at which it opens, above 0%; default 100%
 * @param slowCallDuration what is slow: the time to the answer's first byte; default none: nothing is
 * @param statuses answers that count as failures, besides refused, reset and timed out requests; default 5xx
 * @param openFor how long it is open the first time, doubled each time that it opens again without having closed; default
 *     5s
 * @param maxOpenFor the longest of these times, give or take a tenth as all of them; default 60s
 * @param halfOpenCalls requests that are let through to see; default 3
 */
public record CircuitBreakerDefinition(
        @DefaultValue("region") BreakerScope per,
        @DefaultValue("100") CallWindow window,
        @DefaultValue("20") int minimumCalls,
        @DefaultValue("50%") Percent failureRate,
        @DefaultValue("100%") Percent slowCallRate,
        @Nullable Duration slowCallDuration,
        @DefaultValue("5xx") List<StatusRange> statuses,
        @DefaultValue("5s") Duration openFor,
        @DefaultValue("60s") Duration maxOpenFor,
        @DefaultValue("3") int halfOpenCalls) {}

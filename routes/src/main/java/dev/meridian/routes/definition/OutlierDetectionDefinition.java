package dev.meridian.routes.definition;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When real traffic's failures take an endpoint out, as written under {@code outlier-detection}. Failures are refused,
 * reset and timed out requests and the statuses named here.
 *
 * @param enabled whether it is done at all; default {@code true}
 * @param consecutiveFailures failures in a row that eject; default 5
 * @param statuses answers that count as failures; default 502-504
 * @param failureRatio share of failures in a window that ejects; absent for none
 * @param window over which the ratio is taken; default 10s
 * @param minimumRequests requests in a window below which the ratio says nothing; default 20
 * @param ejectFor how long an endpoint is out the first time; each further time it is longer by as much; default 30s
 * @param maxEjectFor the longest of these times; default 10m
 * @param maxEjected share of an upstream's endpoints that may be ejected at once; one always may where there are two or
 *     more; default 50%. Endpoints that take no connections do not count: nobody could use them.
 */
public record OutlierDetectionDefinition(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("5") int consecutiveFailures,
        @DefaultValue("502-504") List<StatusRange> statuses,
        @Nullable Percent failureRatio,
        @DefaultValue("10s") Duration window,
        @DefaultValue("20") int minimumRequests,
        @DefaultValue("30s") Duration ejectFor,
        @DefaultValue("10m") Duration maxEjectFor,
        @DefaultValue("50%") Percent maxEjected) {}

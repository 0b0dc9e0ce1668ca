package dev.meridian.routes.upstream;

import dev.meridian.routes.definition.BalanceAlgorithm;
import dev.meridian.routes.definition.HashKey;
import dev.meridian.routes.definition.RegionSelection;
import dev.meridian.routes.definition.UpstreamDefinition;

/**
 * How an upstream's region and endpoint are chosen.
 *
 * @param resourceMetric which reported utilisation counts
 * @param panicThreshold 0 to 1, 0 for never
 * @param rampNanos until a region or endpoint that has returned takes its whole share
 * @param home where this gateway runs
 */
public record SelectionSettings(
        RegionSelection regionSelection,
        BalanceAlgorithm balance,
        HashKey hashOn,
        String resourceMetric,
        double panicThreshold,
        long rampNanos,
        boolean zonePreference,
        Home home) {

    static SelectionSettings of(UpstreamDefinition definition, Home home) {
        return new SelectionSettings(
                definition.regionSelection(),
                definition.balance(),
                definition.hashOn(),
                definition.resourceMetric(),
                definition.panicThreshold().fraction(),
                definition.ramp().toNanos(),
                definition.zonePreference(),
                home);
    }
}

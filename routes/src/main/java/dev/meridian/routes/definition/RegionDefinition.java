package dev.meridian.routes.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A region of an upstream as written under {@code meridian.upstreams.NAME.regions.REGION}.
 *
 * @param priority tier for failover, 0 to 100, 0 first; default 0
 * @param weight share of the traffic among regions of the same priority, 1 to 1000; default 1
 * @param location where it is; {@code region-selection: geo} needs it
 * @param capacity requests per second that this gateway may send it; absent for no limit
 * @param state whether it takes requests; default {@code active}
 * @param endpoints the addresses that serve it
 * @param discovery where endpoints come from in place of a list
 */
public record RegionDefinition(
        @DefaultValue("0") int priority,
        @DefaultValue("1") int weight,
        @Nullable LocationDefinition location,
        @Nullable Integer capacity,
        @DefaultValue("active") ServingState state,
        @DefaultValue List<EndpointDefinition> endpoints,
        @Nullable DiscoveryDefinition discovery) {}

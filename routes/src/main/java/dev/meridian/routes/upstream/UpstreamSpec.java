package dev.meridian.routes.upstream;

import dev.meridian.routes.definition.DiscoveryDefinition;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An upstream as configured, checked.
 *
 * @param regions without the endpoints that discovery supplies
 * @param discovery of endpoints whose metadata name their region, {@code null} for none
 * @param regionDiscovery of one region's endpoints each, by the region's name
 */
public record UpstreamSpec(
        String name,
        List<Region> regions,
        UpstreamSettings settings,
        @Nullable DiscoveryDefinition discovery,
        Map<String, DiscoveryDefinition> regionDiscovery) {

    public UpstreamSpec {
        regions = List.copyOf(regions);
        regionDiscovery = Map.copyOf(regionDiscovery);
    }

    /** Whether discovery has a part in it. */
    public boolean isDiscovered() {
        return discovery != null || !regionDiscovery.isEmpty();
    }
}

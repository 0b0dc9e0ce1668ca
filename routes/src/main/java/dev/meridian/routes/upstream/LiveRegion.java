package dev.meridian.routes.upstream;

import dev.meridian.routes.definition.ServingState;
import java.util.List;

/** A region with what is known of it and of its endpoints. */
public record LiveRegion(Region region, RegionState state, List<LiveEndpoint> endpoints) {

    public LiveRegion {
        endpoints = List.copyOf(endpoints);
    }

    public String name() {
        return region.name();
    }

    /** Whether it takes requests: as ordered, else as configured. */
    public ServingState serving() {
        ServingState ordered = state.ordered();
        return ordered == null ? region.state() : ordered;
    }
}

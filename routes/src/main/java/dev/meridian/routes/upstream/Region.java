package dev.meridian.routes.upstream;

import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.geo.GeoPoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where endpoints of an upstream run, as configured or discovered.
 *
 * @param priority tier for failover, 0 first
 * @param weight share among regions of the same priority, at least 1
 * @param location {@code null} where it is not known
 * @param capacity requests per second that it can take from this gateway; 0 for no limit
 * @param state whether it takes requests, as configured
 */
public record Region(
        String name,
        int priority,
        int weight,
        @Nullable GeoPoint location,
        int capacity,
        ServingState state,
        List<Endpoint> endpoints) {

    /** What the one region of an upstream without regions is called. */
    public static final String DEFAULT_NAME = "default";

    public Region {
        endpoints = List.copyOf(endpoints);
    }

    /** One region that is all there is. */
    public static Region only(List<Endpoint> endpoints) {
        return new Region(DEFAULT_NAME, 0, 1, null, 0, ServingState.ACTIVE, endpoints);
    }

    public Region withEndpoints(List<Endpoint> others) {
        return new Region(name, priority, weight, location, capacity, state, others);
    }
}

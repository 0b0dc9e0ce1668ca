package dev.meridian.routes.upstream;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is known of all regions and endpoints, by name and address: it is found again when upstreams are made anew.
 * Thread-safe.
 */
public final class LiveStates {

    private static final long KEEP_NANOS = Duration.ofMinutes(10).toNanos();

    private final Map<String, Known> upstreams = new ConcurrentHashMap<>();

    /** The region's state, a new one where it is not known yet. */
    public RegionState region(String upstream, String region) {
        return known(upstream).regions.computeIfAbsent(region, name -> new RegionState());
    }

    /** The endpoint's state, a new one where it is not known yet. */
    public EndpointState endpoint(String upstream, String region, Endpoint endpoint, long nowNanos) {
        EndpointState state =
                known(upstream).endpoints.computeIfAbsent(region + " " + endpoint.url(), key -> new EndpointState());
        state.used(nowNanos);
        return state;
    }

    /** Notes that the upstream has these endpoints still, and forgets those that it has not had for ten minutes. */
    public void used(Upstream upstream, long nowNanos) {
        upstream.regions()
                .forEach(region ->
                        region.endpoints().forEach(endpoint -> endpoint.state().used(nowNanos)));
        known(upstream.name())
                .endpoints
                .values()
                .removeIf(state -> nowNanos - state.usedNanos() > KEEP_NANOS && state.active() == 0);
    }

    private Known known(String upstream) {
        return upstreams.computeIfAbsent(upstream, name -> new Known());
    }

    private static final class Known {

        private final Map<String, RegionState> regions = new ConcurrentHashMap<>();
        private final Map<String, EndpointState> endpoints = new ConcurrentHashMap<>();
    }
}

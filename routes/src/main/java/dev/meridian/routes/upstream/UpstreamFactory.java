package dev.meridian.routes.upstream;

import java.util.List;

/** Makes an upstream that serves requests of what is configured or discovered. */
@FunctionalInterface
public interface UpstreamFactory {

    /** @param regions in any order, each of its own name */
    Upstream create(String name, List<Region> regions, UpstreamSettings settings);

    /** An upstream of one region. */
    default Upstream of(String name, List<Endpoint> endpoints, UpstreamSettings settings) {
        return create(name, List.of(Region.only(endpoints)), settings);
    }
}

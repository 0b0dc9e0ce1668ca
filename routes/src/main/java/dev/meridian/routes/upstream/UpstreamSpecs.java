package dev.meridian.routes.upstream;

import java.util.LinkedHashMap;
import java.util.Map;

/** All configured upstreams, checked. */
public record UpstreamSpecs(Map<String, UpstreamSpec> byName) {

    public UpstreamSpecs {
        byName = Map.copyOf(byName);
    }

    /** The upstreams that serve requests; what discovery supplies is added later. */
    public Map<String, Upstream> create(UpstreamFactory factory) {
        Map<String, Upstream> upstreams = new LinkedHashMap<>();
        byName.forEach((name, spec) -> upstreams.put(name, factory.create(name, spec.regions(), spec.settings())));
        return upstreams;
    }
}

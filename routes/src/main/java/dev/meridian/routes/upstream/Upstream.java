package dev.meridian.routes.upstream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A named pool of endpoints over one region or more, immutable; a change of its configuration makes a new one. */
public final class Upstream {

    private final String name;
    private final List<LiveRegion> regions;
    private final UpstreamSettings settings;
    private final Selector selector;

    public Upstream(String name, List<LiveRegion> regions, UpstreamSettings settings, Selector selector) {
        this.name = name;
        this.regions = List.copyOf(regions);
        this.settings = settings;
        this.selector = selector;
    }

    public String name() {
        return name;
    }

    /** In order of priority. */
    public List<LiveRegion> regions() {
        return regions;
    }

    /** Of all regions. */
    public List<Endpoint> endpoints() {
        return regions.stream()
                .flatMap(region -> region.region().endpoints().stream())
                .toList();
    }

    public UpstreamSettings settings() {
        return settings;
    }

    public Selector selector() {
        return selector;
    }

    /** The endpoint for a request, {@code null} where there is none left. */
    public @Nullable LiveEndpoint choose(Selection selection) {
        return selector.choose(selection);
    }
}

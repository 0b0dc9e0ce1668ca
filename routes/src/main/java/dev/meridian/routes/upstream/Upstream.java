package dev.meridian.routes.upstream;

import java.util.List;

/** A named pool of endpoints, immutable; a change of its configuration makes a new one. */
public final class Upstream {

    private final String name;
    private final List<Endpoint> endpoints;
    private final UpstreamSettings settings;
    private final EndpointChooser chooser;

    public Upstream(String name, List<Endpoint> endpoints, UpstreamSettings settings, EndpointChooser chooser) {
        this.name = name;
        this.endpoints = List.copyOf(endpoints);
        this.settings = settings;
        this.chooser = chooser;
    }

    public String name() {
        return name;
    }

    public List<Endpoint> endpoints() {
        return endpoints;
    }

    public UpstreamSettings settings() {
        return settings;
    }

    /** The endpoint for the next request. */
    public Endpoint choose() {
        return chooser.choose();
    }
}

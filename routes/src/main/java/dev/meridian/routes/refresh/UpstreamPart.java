package dev.meridian.routes.refresh;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.RoutesProperties;
import dev.meridian.routes.discovery.DiscoveryFeed;
import dev.meridian.routes.upstream.Home;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamCompiler;
import dev.meridian.routes.upstream.UpstreamFactory;
import dev.meridian.routes.upstream.UpstreamRegistry;
import dev.meridian.routes.upstream.UpstreamSpec;
import dev.meridian.routes.upstream.UpstreamSpecs;
import dev.meridian.routes.validate.CandidateConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Upstreams in a refresh: one whose settings are the same stays the object that it is, with its endpoints and its plan. */
public final class UpstreamPart implements ConfigPart {

    private final UpstreamRegistry registry;
    private final UpstreamFactory factory;
    private final DiscoveryFeed discovery;
    private final BooleanSupplier located;
    private volatile UpstreamSpecs current;

    /** @param located whether anything knows where clients are */
    public UpstreamPart(
            UpstreamRegistry registry,
            UpstreamFactory factory,
            DiscoveryFeed discovery,
            UpstreamSpecs current,
            BooleanSupplier located) {
        this.registry = registry;
        this.factory = factory;
        this.discovery = discovery;
        this.current = current;
        this.located = located;
    }

    @Override
    public Prepared prepare(CandidateConfig candidate, ConfigProblems problems) {
        RoutesProperties properties = candidate.own();
        UpstreamCompiler.requireLocations(properties.upstreams(), located.getAsBoolean(), problems);
        Home home = new Home(properties.region(), properties.zone());
        UpstreamSpecs next = new UpstreamSpecs(new UpstreamCompiler(home).compile(properties.upstreams(), problems));
        UpstreamSpecs before = current;
        return new Prepared() {
            @Override
            public List<Change> changes() {
                return Change.between("upstream", before.byName(), next.byName());
            }

            @Override
            public void commit() {
                // First: what is found for the upstreams of before must not come after them.
                discovery.follow(next.byName().values());
                Map<String, Upstream> upstreams = new LinkedHashMap<>();
                next.byName()
                        .forEach((name, spec) -> upstreams.put(
                                name, upstream(spec, before.byName().get(name))));
                registry.replace(upstreams);
                current = next;
            }
        };
    }

    private Upstream upstream(UpstreamSpec spec, @org.jspecify.annotations.Nullable UpstreamSpec before) {
        Upstream running = registry.find(spec.name());
        return running != null && spec.equals(before)
                ? running
                : factory.create(spec.name(), discovery.regions(spec), spec.settings());
    }
}

package dev.meridian.routes.region;

import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.LiveStates;
import dev.meridian.routes.upstream.Region;
import dev.meridian.routes.upstream.RegionState;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamFactory;
import dev.meridian.routes.upstream.UpstreamSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Makes upstreams that choose by region, and that know what earlier ones of the same name have learnt. */
public final class RegionUpstreamFactory implements UpstreamFactory {

    private final LiveStates states;
    private final LongSupplier ticker;
    private final RandomGenerator random;
    private final Consumer<LiveEndpoint> onSuspicion;

    /**
     * @param ticker nanoseconds, as {@link System#nanoTime()}
     * @param random used by all threads
     * @param onSuspicion told of endpoints that should be judged
     */
    public RegionUpstreamFactory(
            LiveStates states, LongSupplier ticker, RandomGenerator random, Consumer<LiveEndpoint> onSuspicion) {
        this.states = states;
        this.ticker = ticker;
        this.random = random;
        this.onSuspicion = onSuspicion;
    }

    /** Randomness for requests on any thread, none of which waits for another. */
    public static RandomGenerator perThread() {
        return () -> ThreadLocalRandom.current().nextLong();
    }

    @Override
    public Upstream create(String name, List<Region> regions, UpstreamSettings settings) {
        List<LiveRegion> live = regions.stream()
                .sorted(Comparator.comparingInt(Region::priority))
                .map(region -> live(name, region, settings))
                .toList();
        return new Upstream(name, live, settings, new RegionSelector(live, settings.selection(), ticker, random));
    }

    private LiveRegion live(String upstream, Region region, UpstreamSettings settings) {
        RegionState state = states.region(upstream, region.name());
        List<LiveEndpoint> endpoints = new ArrayList<>();
        for (Endpoint endpoint : region.endpoints()) {
            endpoints.add(new LiveEndpoint(
                    endpoint,
                    endpoints.size(),
                    region.name(),
                    state,
                    states.endpoint(upstream, region.name(), endpoint, ticker.getAsLong()),
                    settings.outlierDetection(),
                    onSuspicion));
        }
        return new LiveRegion(region, state, endpoints);
    }
}

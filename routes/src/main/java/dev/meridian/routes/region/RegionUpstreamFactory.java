package dev.meridian.routes.region;

import dev.meridian.routes.breaker.Breaker;
import dev.meridian.routes.breaker.Breakers;
import dev.meridian.routes.definition.BreakerScope;
import dev.meridian.routes.definition.CircuitBreakerDefinition;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes upstreams that choose by region, and that know what earlier ones of the same name have learnt. */
public final class RegionUpstreamFactory implements UpstreamFactory {

    private final LiveStates states;
    private final LongSupplier ticker;
    private final RandomGenerator random;
    private final Consumer<LiveEndpoint> onSuspicion;
    private final Breakers breakers;

    /**
     * @param ticker nanoseconds, as {@link System#nanoTime()}
     * @param random used by all threads
     * @param onSuspicion told of endpoints that should be judged
     */
    public RegionUpstreamFactory(
            LiveStates states,
            Breakers breakers,
            LongSupplier ticker,
            RandomGenerator random,
            Consumer<LiveEndpoint> onSuspicion) {
        this.states = states;
        this.breakers = breakers;
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
        watch(name, live, settings.circuitBreaker());
        return new Upstream(name, live, settings, new RegionSelector(live, settings, ticker, random));
    }

    private void watch(String upstream, List<LiveRegion> regions, @Nullable CircuitBreakerDefinition settings) {
        Set<String> watched = new HashSet<>();
        for (LiveRegion region : regions) {
            region.state().breaker(breaker(BreakerScope.REGION, upstream, region.name(), settings, watched));
            if (settings != null && settings.per() == BreakerScope.UPSTREAM) {
                region.state().breaker(breaker(BreakerScope.UPSTREAM, upstream, "", settings, watched));
            }
            for (LiveEndpoint endpoint : region.endpoints()) {
                endpoint.state()
                        .breaker(breaker(BreakerScope.ENDPOINT, upstream, endpoint.toString(), settings, watched));
            }
        }
        breakers.retain(upstream, watched);
    }

    private @Nullable Breaker breaker(
            BreakerScope scope,
            String upstream,
            String what,
            @Nullable CircuitBreakerDefinition settings,
            Set<String> watched) {
        if (settings == null || settings.per() != scope) {
            return null;
        }
        watched.add(what);
        return breakers.get(upstream, what, settings);
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

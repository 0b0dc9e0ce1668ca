package dev.meridian.observability.metrics;

import dev.meridian.routes.breaker.Breakers;
import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.region.RegionUpstreamFactory;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Home;
import dev.meridian.routes.upstream.LiveStates;
import dev.meridian.routes.upstream.Region;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamSettings;
import dev.meridian.testkit.random.SeededRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Makes upstreams that are not checked. */
final class UpstreamsAtHand {

    private final LiveStates states = new LiveStates();

    Upstream create(String name, Region... regions) {
        return new RegionUpstreamFactory(
                        states,
                        new Breakers(Clock.systemUTC(), new SeededRandom(1), change -> {}),
                        () -> 1_000_000_000L,
                        new SeededRandom(1),
                        suspect -> {})
                .create(name, List.of(regions), UpstreamSettings.defaults(Home.UNKNOWN));
    }

    /** A region of so many endpoints. */
    static Region region(String name, int weight, int endpoints) {
        return new Region(
                name,
                0,
                weight,
                null,
                0,
                ServingState.ACTIVE,
                IntStream.range(0, endpoints)
                        .mapToObj(i -> new Endpoint("http", name + "-" + i, 80, 1, null, Map.of()))
                        .toList());
    }
}

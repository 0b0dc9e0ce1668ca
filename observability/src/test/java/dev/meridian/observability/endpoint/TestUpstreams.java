package dev.meridian.observability.endpoint;

import dev.meridian.routes.breaker.Breakers;
import dev.meridian.routes.definition.BalanceAlgorithm;
import dev.meridian.routes.definition.HashKey;
import dev.meridian.routes.definition.RegionSelection;
import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.geo.GeoPoint;
import dev.meridian.routes.region.RegionUpstreamFactory;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Home;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveStates;
import dev.meridian.routes.upstream.Region;
import dev.meridian.routes.upstream.SelectionSettings;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamSettings;
import dev.meridian.testkit.random.SeededRandom;
import dev.meridian.testkit.time.FakeTicker;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The upstream {@code orders}: {@code eu} of two endpoints first, {@code us} of one then. */
final class TestUpstreams {

    final FakeTicker ticker = new FakeTicker(1_000_000_000L);
    private final LiveStates states = new LiveStates();
    private double panicThreshold = 0.5;
    private ServingState configured = ServingState.ACTIVE;
    Upstream orders = create();

    TestUpstreams withoutPanic() {
        panicThreshold = 0;
        orders = create();
        return this;
    }

    /** A change of configuration. */
    TestUpstreams configureEu(ServingState state) {
        configured = state;
        orders = create();
        return this;
    }

    private Upstream create() {
        UpstreamSettings defaults = UpstreamSettings.defaults(Home.UNKNOWN);
        SelectionSettings selection = new SelectionSettings(
                RegionSelection.WEIGHTED,
                BalanceAlgorithm.LEAST_REQUEST,
                HashKey.of("client-ip"),
                "cpu",
                panicThreshold,
                Duration.ofSeconds(30).toNanos(),
                true,
                Home.UNKNOWN);
        UpstreamSettings settings = defaults.selecting(selection);
        Region eu = new Region(
                "eu",
                0,
                80,
                new GeoPoint(50.1, 8.7),
                100,
                configured,
                List.of(endpoint("10.1.0.1", "a"), endpoint("10.1.0.2", "b")));
        Region us = new Region("us", 1, 20, null, 0, ServingState.ACTIVE, List.of(endpoint("10.2.0.1", null)));
        return new RegionUpstreamFactory(
                        states,
                        new Breakers(Clock.systemUTC(), new SeededRandom(1), change -> {}),
                        ticker,
                        new SeededRandom(1),
                        suspect -> {})
                .create("orders", List.of(us, eu), settings);
    }

    private static Endpoint endpoint(String host, @Nullable String zone) {
        return new Endpoint("http", host, 8080, 2, zone, Map.of());
    }

    LiveEndpoint endpoint(int region, int index) {
        return orders.regions().get(region).endpoints().get(index);
    }

    /** What the thread that judges does. */
    CompletionStage<Void> settle() {
        long now = ticker.getAsLong();
        orders.regions().forEach(region -> {
            region.endpoints().forEach(each -> {
                ServingState ordered = each.state().ordered();
                each.state()
                        .availability(
                                ordered == null || ordered == ServingState.ACTIVE
                                        ? each.state().health().verdict()
                                        : Availability.valueOf(ordered.name()),
                                now);
            });
            region.state().serving(region.serving() == ServingState.ACTIVE, now);
        });
        orders.selector().refresh(now);
        return CompletableFuture.completedFuture(null);
    }
}

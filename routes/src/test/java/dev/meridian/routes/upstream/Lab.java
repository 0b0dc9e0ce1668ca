package dev.meridian.routes.upstream;

import dev.meridian.routes.breaker.Breaker;
import dev.meridian.routes.breaker.BreakerChange;
import dev.meridian.routes.breaker.Breakers;
import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.definition.UpstreamDefinition;
import dev.meridian.routes.geo.GeoPoint;
import dev.meridian.routes.region.RegionUpstreamFactory;
import dev.meridian.testkit.random.SeededRandom;
import dev.meridian.testkit.time.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Upstreams whose time and chance a test holds in its hands. */
public final class Lab {

    /** As the clock of a JVM that has run for long: shows who compares without wrapping. */
    public final FakeTicker ticker =
            new FakeTicker(Long.MAX_VALUE - Duration.ofSeconds(7).toNanos());

    public final SeededRandom random = new SeededRandom(42);
    public final LiveStates states = new LiveStates();
    public final List<LiveEndpoint> suspects = new ArrayList<>();
    public final List<BreakerChange> breakerChanges = new ArrayList<>();
    public final Breakers breakers = new Breakers(new TickerClock(ticker), random, breakerChanges::add);
    public final RegionUpstreamFactory factory =
            new RegionUpstreamFactory(states, breakers, ticker, random, suspects::add);

    // ---- what is configured

    /** As {@code "balance=hash"} under {@code meridian.upstreams.NAME}. */
    public static UpstreamSettings settings(String... settings) {
        return settings(Home.UNKNOWN, settings);
    }

    public static UpstreamSettings settings(Home home, String... settings) {
        Map<String, String> written = new LinkedHashMap<>();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            written.put("o." + setting.substring(0, equals), setting.substring(equals + 1));
        }
        return UpstreamSettings.of(
                new Binder(new MapConfigurationPropertySource(written)).bindOrCreate("o", UpstreamDefinition.class),
                home);
    }

    public static Endpoint endpoint(String host) {
        return endpoint(host, 1, null);
    }

    public static Endpoint endpoint(String host, int weight, @Nullable String zone) {
        return new Endpoint("http", host, 80, weight, zone, Map.of());
    }

    /** {@code size} endpoints, called {@code NAME0} and so on. */
    public static Region region(String name, int priority, int weight, int size) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            endpoints.add(endpoint(name + i));
        }
        return new Region(name, priority, weight, null, 0, ServingState.ACTIVE, endpoints);
    }

    public static Region withCapacity(Region region, int capacity) {
        return new Region(
                region.name(),
                region.priority(),
                region.weight(),
                region.location(),
                capacity,
                region.state(),
                region.endpoints());
    }

    public static Region at(Region region, double latitude, double longitude) {
        return new Region(
                region.name(),
                region.priority(),
                region.weight(),
                new GeoPoint(latitude, longitude),
                region.capacity(),
                region.state(),
                region.endpoints());
    }

    public static Region in(Region region, ServingState state) {
        return new Region(
                region.name(),
                region.priority(),
                region.weight(),
                region.location(),
                region.capacity(),
                state,
                region.endpoints());
    }

    public Upstream upstream(UpstreamSettings settings, Region... regions) {
        return factory.create("orders", List.of(regions), settings);
    }

    // ---- what happens

    /** Gives an endpoint a verdict as the judge does, and has the shares worked out anew. */
    public void set(Upstream upstream, Availability verdict, String... hosts) {
        long now = ticker.getAsLong();
        for (LiveRegion region : upstream.regions()) {
            for (LiveEndpoint endpoint : region.endpoints()) {
                if (List.of(hosts).contains(endpoint.endpoint().host())) {
                    endpoint.state().availability(verdict, now);
                }
            }
            boolean can =
                    region.endpoints().stream().anyMatch(each -> each.state().availability() == Availability.AVAILABLE);
            region.state().serving(can && region.state().passes() && region.serving() == ServingState.ACTIVE, now);
        }
        upstream.selector().refresh(now);
    }

    /** Sends a request to an endpoint that answers with the status after so many nanoseconds. */
    public static void sent(LiveEndpoint endpoint, int status, long nanos) {
        Breaker.Sent watched = endpoint.watched();
        if (watched != null) {
            watched.onResponse(status, nanos);
            watched.onEnd();
        }
    }

    /** The region's first {@code count} endpoints. */
    public static String[] first(String region, int count) {
        String[] hosts = new String[count];
        for (int i = 0; i < count; i++) {
            hosts[i] = region + i;
        }
        return hosts;
    }

    public static LiveEndpoint live(Upstream upstream, String host) {
        return upstream.regions().stream()
                .flatMap(region -> region.endpoints().stream())
                .filter(each -> each.endpoint().host().equals(host))
                .findFirst()
                .orElseThrow();
    }

    /** A request that was answered at once. */
    public static void answered(LiveEndpoint endpoint, long firstByteNanos, long nowNanos) {
        endpoint.onStart();
        endpoint.onResponse(200, firstByteNanos, nowNanos);
        endpoint.onEnd();
    }

    // ---- what is chosen

    public static Map<String, Integer> regions(Upstream upstream, int choices) {
        return count(choices, i -> {
            LiveEndpoint chosen = upstream.choose(request());
            return chosen == null ? "-" : chosen.regionName();
        });
    }

    public static Map<String, Integer> hosts(Upstream upstream, int choices) {
        return count(choices, i -> {
            LiveEndpoint chosen = upstream.choose(request());
            return chosen == null ? "-" : chosen.endpoint().host();
        });
    }

    public static Map<String, Integer> count(int choices, Function<Integer, String> choice) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < choices; i++) {
            counts.merge(choice.apply(i), 1, Integer::sum);
        }
        return counts;
    }

    public static Selection request() {
        return request(null, 0);
    }

    public static Selection request(@Nullable GeoPoint client, long keyHash) {
        return new Selection() {

            @Override
            public @Nullable GeoPoint clientLocation() {
                return client;
            }

            @Override
            public long keyHash() {
                return keyHash;
            }
        };
    }
}

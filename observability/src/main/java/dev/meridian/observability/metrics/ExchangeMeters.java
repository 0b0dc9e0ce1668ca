package dev.meridian.observability.metrics;

import dev.meridian.observability.exchange.ExchangeEnd;
import dev.meridian.observability.exchange.ExchangeObserver;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Measures every exchange. A route's meters are made with its first request, and go with the route. Thread-safe. */
final class ExchangeMeters implements ExchangeObserver {

    private final MeterRegistry registry;
    private final LongAdder active = new LongAdder();
    private final RouteMeters unmatched;
    /** By route id, always the same string for a route, which knows its hash: finding it compares no characters. */
    private final Map<String, RouteMeters> routes = new ConcurrentHashMap<>();

    ExchangeMeters(MeterRegistry registry) {
        this.registry = registry;
        this.unmatched = new RouteMeters(registry, RouteMeters.NONE);
        Gauge.builder(GatewayMeters.REQUESTS_ACTIVE.getName(), active, LongAdder::sum)
                .description(GatewayMeters.REQUESTS_ACTIVE.description())
                .register(registry);
    }

    @Override
    public void onStart() {
        active.increment();
    }

    @Override
    public void onEnd(ExchangeEnd end) {
        active.decrement();
        String route = end.routeId();
        (route == null ? unmatched : meters(route)).record(end);
    }

    private RouteMeters meters(String route) {
        RouteMeters known = routes.get(route);
        return known != null ? known : routes.computeIfAbsent(route, id -> new RouteMeters(registry, id));
    }

    /** Forgets the routes that are not among these, and what was counted of upstreams that no other route has used. */
    void retain(Set<String> routeIds) {
        List<RouteMeters> removed = new ArrayList<>();
        for (Iterator<Map.Entry<String, RouteMeters>> all = routes.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<String, RouteMeters> route = all.next();
            if (!routeIds.contains(route.getKey())) {
                all.remove();
                removed.add(route.getValue());
            }
        }
        if (removed.isEmpty()) {
            return;
        }
        Set<String> used = Stream.concat(Stream.of(unmatched), routes.values().stream())
                .flatMap(route -> route.upstreams().stream())
                .map(UpstreamMeters::upstream)
                .collect(Collectors.toSet());
        for (RouteMeters route : removed) {
            route.remove();
            route.upstreams().stream()
                    .filter(upstream -> !used.contains(upstream.upstream()))
                    .flatMap(upstream -> upstream.shared().stream())
                    .forEach(registry::remove);
        }
    }
}

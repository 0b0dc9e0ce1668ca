package dev.meridian.observability.metrics;

import dev.meridian.filters.problem.OverloadException;
import dev.meridian.observability.exchange.ExchangeEnd;
import dev.meridian.routes.exchange.GatewayExchange;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The meters of one route, each looked up in the registry once. Thread-safe. */
final class RouteMeters {

    /** A filter may take the address from the request; then no more than this many stand in tags. */
    static final int MAX_UPSTREAMS = 32;

    static final String NONE = "none";
    static final String OTHER = "other";

    /** Failures that are the client's or the gateway's own. */
    private static final Set<String> NOT_THE_UPSTREAMS =
            Set.of("http_request_error", "http_request_denied", "proxy_internal_error", "proxy_internal_response");

    private final MeterRegistry registry;
    private final String route;
    private final Timer gateway;
    private final Map<String, Counter> fallbacks = new ConcurrentHashMap<>();
    private volatile TimerTable requests = TimerTable.EMPTY;
    private volatile UpstreamMeters[] upstreams = {};

    RouteMeters(MeterRegistry registry, String route) {
        this.registry = registry;
        this.route = route;
        this.gateway = Timer.builder(GatewayMeters.GATEWAY_DURATION.getName())
                .description(GatewayMeters.GATEWAY_DURATION.description())
                .tag(GatewayMeters.Tag.ROUTE.asString(), route)
                .register(registry);
    }

    void record(ExchangeEnd end) {
        int key = RequestKey.of(end.exchange().getRequest().getMethod(), end.status(), end.ending());
        Timer timer = requests.find(key);
        (timer == null ? add(key) : timer).record(end.durationNanos(), TimeUnit.NANOSECONDS);

        long gatewayNanos = end.gatewayNanos();
        if (gatewayNanos >= 0) {
            gateway.record(gatewayNanos, TimeUnit.NANOSECONDS);
        }
        long firstByte = end.firstByteNanos();
        if (firstByte >= 0) {
            upstream(end.gateway().upstreamName()).firstByte(firstByte);
        }
        GatewayExchange exchange = end.gateway();
        String fallback = exchange.fallback();
        String failure = end.failure();
        boolean shed = exchange.shed() || end.error() instanceof OverloadException;
        if (failure != null && !shed && !NOT_THE_UPSTREAMS.contains(failure)) {
            upstream(fallback == null ? exchange.upstreamName() : exchange.failedUpstream())
                    .failure(failure);
        }
        if (fallback != null) {
            fallback(fallback, exchange.fallbackFailed() ? "failed" : "answered")
                    .increment();
        }
    }

    private Counter fallback(String kind, String outcome) {
        return fallbacks.computeIfAbsent(
                kind + " " + outcome,
                key -> Counter.builder(GatewayMeters.FALLBACKS.getName())
                        .description(GatewayMeters.FALLBACKS.description())
                        .tag(GatewayMeters.Tag.ROUTE.asString(), route)
                        .tag(GatewayMeters.Tag.KIND.asString(), kind)
                        .tag(GatewayMeters.Tag.OUTCOME.asString(), outcome)
                        .register(registry));
    }

    private synchronized Timer add(int key) {
        Timer known = requests.find(key);
        if (known != null) {
            return known;
        }
        Timer timer = Timer.builder(GatewayMeters.REQUESTS.getName())
                .description(GatewayMeters.REQUESTS.description())
                .tag(GatewayMeters.Tag.ROUTE.asString(), route)
                .tags(RequestKey.tags(key))
                .register(registry);
        requests = requests.with(key, timer);
        return timer;
    }

    private UpstreamMeters upstream(@Nullable String name) {
        String tag = name == null ? NONE : name;
        UpstreamMeters found = find(tag);
        return found == null ? add(tag) : found;
    }

    private @Nullable UpstreamMeters find(String tag) {
        for (UpstreamMeters known : upstreams) {
            if (known.upstream().equals(tag)) {
                return known;
            }
        }
        return null;
    }

    private synchronized UpstreamMeters add(String name) {
        UpstreamMeters[] all = upstreams;
        String tag = all.length < MAX_UPSTREAMS ? name : OTHER;
        UpstreamMeters known = find(tag);
        if (known != null) {
            return known;
        }
        UpstreamMeters added = new UpstreamMeters(registry, route, tag);
        UpstreamMeters[] more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = added;
        upstreams = more;
        return added;
    }

    List<UpstreamMeters> upstreams() {
        return List.of(upstreams);
    }

    /** Takes what no other route has part in out of the registry. */
    void remove() {
        registry.remove(gateway);
        fallbacks.values().forEach(registry::remove);
        requests.all().forEach(registry::remove);
        upstreams().forEach(upstream -> upstream.own().forEach(registry::remove));
    }
}

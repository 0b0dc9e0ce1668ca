package dev.meridian.routes.match;

import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.explain.ExplainContributor;
import dev.meridian.routes.explain.ExplainedRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.core.DecoratingProxy;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Explains which filters run on a request's route. Stock filters that do nothing but rewrite the request are carried out
 * on the talked-of request, so that what follows sees what it would see; no other filter is run.
 */
public final class FiltersExplainer implements ExplainContributor, Ordered {

    private static final String STOCK = "org.springframework.cloud.gateway.filter.factory.";
    private static final String FACTORY = "GatewayFilterFactory";

    /** Stock filters that only rewrite the request. */
    private static final Set<String> REWRITES = Set.of(
            "AddRequestHeader",
            "AddRequestHeadersIfNotPresent",
            "AddRequestParameter",
            "MapRequestHeader",
            "PrefixPath",
            "PreserveHostHeader",
            "RemoveRequestHeader",
            "RemoveRequestParameter",
            "RequestHeaderToRequestUri",
            "RewritePath",
            "RewriteRequestParameter",
            "SetPath",
            "SetRequestHeader",
            "SetRequestHostHeader",
            "SetRequestUri",
            "StripPrefix");

    @Override
    public int getOrder() {
        return 300;
    }

    @Override
    public String section() {
        return "filters";
    }

    @Override
    public @Nullable List<Step> explain(ExplainedRequest request) {
        GatewayExchange own = GatewayExchange.of(request.exchange().getAttributes());
        if (own == null || !(own.target() instanceof PreparedRoute route)) {
            return null;
        }
        List<Step> steps = new ArrayList<>();
        for (GatewayFilter filter : route.chain().filters()) {
            GatewayFilter inner = filter instanceof OrderedGatewayFilter ordered ? ordered.getDelegate() : filter;
            Class<?> global = inner instanceof DecoratingProxy proxy ? proxy.getDecoratedClass() : null;
            Class<?> factory = inner.getClass().getEnclosingClass();
            String name = global != null
                    ? global.getSimpleName()
                    : factory != null ? name(factory) : inner.getClass().getSimpleName();
            boolean rewrites = global == RequestUrlFilter.class
                    || factory != null && factory.getName().startsWith(STOCK) && REWRITES.contains(name);
            String failure = rewrites ? carryOut(filter, request) : null;
            steps.add(new Step(
                    filter instanceof Ordered ordered ? ordered.getOrder() : null,
                    name,
                    global != null ? null : inner.toString(),
                    global != null ? "global" : "route",
                    rewrites && failure == null,
                    failure));
        }
        return steps;
    }

    private static String name(Class<?> factory) {
        String name = factory.getSimpleName();
        return name.endsWith(FACTORY) ? name.substring(0, name.length() - FACTORY.length()) : name;
    }

    /** @return why it failed, {@code null} where it did not */
    private static @Nullable String carryOut(GatewayFilter filter, ExplainedRequest request) {
        List<Throwable> failures = new ArrayList<>(1);
        try {
            filter.filter(request.exchange(), changed -> reached(request, changed))
                    .subscribe(nothing -> {}, failures::add);
        } catch (RuntimeException e) {
            failures.add(e);
        }
        return failures.isEmpty() ? null : "it fails on this request: " + failures.get(0);
    }

    private static Mono<Void> reached(ExplainedRequest request, ServerWebExchange changed) {
        request.exchange(changed);
        return Mono.empty();
    }

    /**
     * One filter.
     *
     * @param order that it is sorted by, {@code null} for none, which is last
     * @param settings as it prints itself; {@code null} for a global one
     * @param kind {@code route} (a default filter is one too) or {@code global}
     * @param applied whether its effect is in what this explanation says of later steps
     */
    record Step(
            @Nullable Integer order,
            String name,
            @Nullable String settings,
            String kind,
            boolean applied,
            @Nullable String note) {}
}

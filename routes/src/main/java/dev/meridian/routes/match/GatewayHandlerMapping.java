package dev.meridian.routes.match;

import dev.meridian.routes.canary.Canary;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.upstream.UpstreamView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Matches requests against an immutable index of prepared routes, in place of the stock mapping that asks all routes one
 * by one. Predicates, their order and the attributes that they set are the stock ones.
 *
 * <p>The index is made when the stock locator says that it has new routes; until the first time, and for a locator that
 * never says so, the routes are asked for once.
 */
public final class GatewayHandlerMapping extends RoutePredicateHandlerMapping
        implements ApplicationListener<RefreshRoutesResultEvent> {

    private final RouteLocator locator;
    private final PreparedFilteringWebHandler handler;
    private final Supplier<UpstreamView> upstreams;
    private final Canary canary;
    private final boolean pathsIndexed;
    private final boolean hostsIndexed;
    private final AtomicLong begun = new AtomicLong();
    private volatile Mono<RouteIndex> routes;
    /** Which load the routes are of; guarded by this. */
    private long taken;

    /** @param upstreams gives those of the running configuration */
    public GatewayHandlerMapping(
            PreparedFilteringWebHandler handler,
            RouteLocator locator,
            Supplier<UpstreamView> upstreams,
            GlobalCorsProperties cors,
            Environment environment,
            Canary canary) {
        super(handler, locator, cors, environment);
        this.locator = locator;
        this.upstreams = upstreams;
        this.handler = handler;
        this.canary = canary;
        this.pathsIndexed = !StringUtils.hasText(environment.getProperty("spring.webflux.base-path"));
        this.hostsIndexed = environment.getProperty(
                "spring.cloud.gateway.server.webflux.predicate.host.include-port", Boolean.class, true);
        // A failure is not kept: the next request asks again.
        this.routes = load(Map.of()).cache(loaded -> Duration.ofDays(36_500), e -> Duration.ZERO, () -> Duration.ZERO);
    }

    @Override
    public void onApplicationEvent(RefreshRoutesResultEvent event) {
        if (event.isSuccess()) {
            long number = begun.incrementAndGet();
            // What is prepared for a route object that is still there is kept.
            load(known()).subscribe(loaded -> take(number, loaded), e -> logger.error("Routes not loaded", e));
        }
    }

    /** Of two that are loaded at once the one that was begun later knows more, whichever is there first. */
    private synchronized void take(long number, RouteIndex loaded) {
        if (number > taken) {
            taken = number;
            routes = Mono.just(loaded);
        }
    }

    @Override
    protected Mono<Route> lookupRoute(ServerWebExchange exchange) {
        return Mono.deferContextual(context -> routes.flatMap(candidates -> {
            RouteLookup lookup = new RouteLookup(candidates, exchange, Context.of(context), canary);
            Mono<PreparedRoute> found =
                    lookup.run() ? now(lookup) : lookup.later().flatMap(Mono::justOrEmpty);
            return found.map(route -> {
                matched(exchange, route, candidates);
                return route.route();
            });
        }));
    }

    /** The routes as they are at present. */
    Mono<RouteIndex> index() {
        return routes;
    }

    private static Mono<PreparedRoute> now(RouteLookup lookup) {
        Throwable error = lookup.error();
        return error != null ? Mono.error(error) : Mono.justOrEmpty(lookup.found());
    }

    private void matched(ServerWebExchange exchange, PreparedRoute found, RouteIndex in) {
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        own.upstreams(in.upstreams());
        own.target(found);
        own.routeId(found.route().getId());
        if (!found.weights().isEmpty()) {
            canary.matched(exchange, found.weights());
        }
        validateRoute(found.route(), exchange);
    }

    /** Whether more than the routes decides, of which only Spring's dispatcher knows: global CORS, API versions. */
    public boolean needsDispatcher() {
        return hasCorsConfigurationSource(handler) || getApiVersionStrategy() != null;
    }

    /**
     * Runs the exchange on its route without the detour over a dispatcher; to be used where no other mapping comes first.
     *
     * @param otherwise handles what no route matches
     */
    public Mono<Void> route(ServerWebExchange exchange, WebHandler otherwise) {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super Void> actual) {
                routed(exchange, otherwise, actual.currentContext()).subscribe(actual);
            }
        };
    }

    private Mono<Void> routed(ServerWebExchange exchange, WebHandler otherwise, Context context) {
        try {
            exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_HANDLER_MAPPER_ATTR, getSimpleName());
            exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REACTOR_CONTEXT_ATTR, context);
            if (!(routes instanceof Callable<?> ready)) {
                return otherwise.handle(exchange); // before the first routes are there
            }
            RouteIndex index = (RouteIndex) ready.call();
            RouteLookup lookup = new RouteLookup(index, exchange, context, canary);
            if (!lookup.run()) {
                return lookup.later().flatMap(found -> run(exchange, found.orElse(null), index, otherwise));
            }
            Throwable error = lookup.error();
            return error != null ? Mono.error(error) : run(exchange, lookup.found(), index, otherwise);
        } catch (Exception e) {
            return Mono.error(e);
        }
    }

    private Mono<Void> run(
            ServerWebExchange exchange, @Nullable PreparedRoute found, RouteIndex in, WebHandler otherwise) {
        if (found == null) {
            ServerWebExchangeUtils.clearCachedRequestBody(exchange);
            return otherwise.handle(exchange);
        }
        matched(exchange, found, in);
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, found.route());
        return found.chain().filter(exchange);
    }

    private Map<Route, PreparedRoute> known() {
        Map<Route, PreparedRoute> known = new IdentityHashMap<>();
        if (routes instanceof Callable<?> ready) {
            try {
                for (PreparedRoute route : ((RouteIndex) ready.call()).routes()) {
                    known.put(route.route(), route);
                }
            } catch (Exception e) {
                throw new IllegalStateException(e); // a constant does not throw
            }
        }
        return known;
    }

    private Mono<RouteIndex> load(Map<Route, PreparedRoute> known) {
        return locator.getRoutes().collectList().map(list -> {
            List<PreparedRoute> prepared = new ArrayList<>(list.size());
            for (Route route : list) {
                PreparedRoute old = known.get(route);
                prepared.add(old != null ? old : new PreparedRoute(route, handler::getAllFilters));
            }
            RouteIndex index = new RouteIndex(prepared, upstreams.get(), pathsIndexed, hostsIndexed);
            canary.check(index.groups());
            return index;
        });
    }
}

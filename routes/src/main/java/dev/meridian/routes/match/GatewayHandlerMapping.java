package dev.meridian.routes.match;

import dev.meridian.routes.exchange.GatewayExchange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Matches requests against an immutable array of prepared routes, in place of the stock mapping that subscribes to the
 * list of routes for each request. Predicates, their order and the attributes that they set are the stock ones.
 *
 * <p>The array is made when the stock locator says that it has new routes; until the first time, and for a locator that
 * never says so, the routes are asked for once.
 */
public final class GatewayHandlerMapping extends RoutePredicateHandlerMapping
        implements ApplicationListener<RefreshRoutesResultEvent> {

    private final RouteLocator locator;
    private final PreparedFilteringWebHandler handler;
    private volatile Mono<PreparedRoute[]> routes;

    public GatewayHandlerMapping(
            PreparedFilteringWebHandler handler,
            RouteLocator locator,
            GlobalCorsProperties cors,
            Environment environment) {
        super(handler, locator, cors, environment);
        this.locator = locator;
        this.handler = handler;
        // A failure is not kept: the next request asks again.
        this.routes = load(Map.of())
                .cache(loaded -> Duration.ofDays(36_500), e -> Duration.ZERO, () -> Duration.ZERO);
    }

    @Override
    public void onApplicationEvent(RefreshRoutesResultEvent event) {
        if (event.isSuccess()) {
            // What is prepared for a route object that is still there is kept.
            load(known()).subscribe(loaded -> routes = Mono.just(loaded), e -> logger.error("Routes not loaded", e));
        }
    }

    @Override
    protected Mono<Route> lookupRoute(ServerWebExchange exchange) {
        return routes.flatMap(candidates -> new RouteLookup(candidates, exchange)).map(found -> {
            GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
            own.target(found);
            own.routeId(found.route().getId());
            validateRoute(found.route(), exchange);
            return found.route();
        });
    }

    private Map<Route, PreparedRoute> known() {
        Map<Route, PreparedRoute> known = new IdentityHashMap<>();
        if (routes instanceof Callable<?> ready) {
            try {
                for (PreparedRoute route : (PreparedRoute[]) ready.call()) {
                    known.put(route.route(), route);
                }
            } catch (Exception e) {
                throw new IllegalStateException(e); // a constant does not throw
            }
        }
        return known;
    }

    private Mono<PreparedRoute[]> load(Map<Route, PreparedRoute> known) {
        return locator.getRoutes().collectList().map(list -> {
            List<PreparedRoute> prepared = new ArrayList<>(list.size());
            for (Route route : list) {
                PreparedRoute old = known.get(route);
                prepared.add(old != null ? old : new PreparedRoute(route, handler::getAllFilters));
            }
            return prepared.toArray(new PreparedRoute[0]);
        });
    }
}

package dev.meridian.routes.match;

import dev.meridian.routes.canary.RouteWeight;
import dev.meridian.routes.exchange.PreparedTarget;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.route.Route;

/** A route with what does not change from request to request: its filter chain and the constant part of its uri. */
final class PreparedRoute implements PreparedTarget {

    private final Route route;
    private final RouteTarget target;
    private final RouteCondition condition;
    private final List<RouteWeight> weights;
    private final Function<Route, List<GatewayFilter>> combine;
    /** Made at the first request: global filters are not all there yet when the first routes are loaded. */
    private volatile @Nullable PreparedChain chain;

    PreparedRoute(Route route, Function<Route, List<GatewayFilter>> combine) {
        this.route = route;
        this.target = RouteTarget.of(route.getUri());
        this.condition = RouteCondition.of(route);
        this.weights = RouteWeight.of(route);
        this.combine = combine;
    }

    Route route() {
        return route;
    }

    RouteTarget target() {
        return target;
    }

    /** What must at least hold of a request. */
    RouteCondition condition() {
        return condition;
    }

    /** Its weights in groups; most routes are in none. */
    List<RouteWeight> weights() {
        return weights;
    }

    PreparedChain chain() {
        PreparedChain prepared = chain;
        if (prepared == null) {
            prepared = PreparedChain.of(combine.apply(route));
            chain = prepared;
        }
        return prepared;
    }
}

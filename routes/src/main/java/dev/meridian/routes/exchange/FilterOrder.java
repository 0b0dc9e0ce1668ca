package dev.meridian.routes.exchange;

import org.springframework.core.Ordered;

/**
 * The order of every Meridian filter, in the order of a request's way. Stock Spring Cloud Gateway filters keep their
 * own numbers; those that matter for placing ours are named beside them.
 *
 * <pre>
 * client
 *   → {@link #EXCHANGE_START}      (web filter)  clock, client address, trace
 *   → {@link #ACCESS_LOG}          (web filter)  outermost observer of the answer
 *   → {@link #GUARD}               (web filter)  limits that need a request to be answered
 *   → route match
 *   → {@link #OVERLOAD}            outermost of the route's filters: how many requests are under way
 *   → {@link #WRITE_RESPONSE}      replaces NettyWriteResponseFilter (-1); body decorators sit before it
 *   → route filters                1, 2, 3 … in YAML order
 *   → {@link #REQUEST_URL}         replaces RouteToRequestUrlFilter (10000)
 *   → {@link #UPSTREAM_LIMIT}      how many are under way to the upstream
 *   → {@link #LOAD_BALANCER}       one before ReactiveLoadBalancerClientFilter (10150), which then has nothing to do
 *   → {@link #FORWARD}             replaces NettyRoutingFilter (last)
 * upstream
 * </pre>
 */
public enum FilterOrder {
    /** Web filter: starts the clock, resolves the client's address, continues or starts the trace. */
    EXCHANGE_START(Ordered.HIGHEST_PRECEDENCE),
    /** Web filter: one access log line and one set of meters per exchange. */
    ACCESS_LOG(Ordered.HIGHEST_PRECEDENCE + 10),
    /** Web filter: refuses what is beyond the limits of {@code meridian.http}. */
    GUARD(Ordered.HIGHEST_PRECEDENCE + 20),
    /** Takes a permit for the whole gateway, and gives back all permits when the exchange has ended, body included. */
    OVERLOAD(Ordered.HIGHEST_PRECEDENCE + 500),
    /** Writes what came from the upstream to the client, after all route filters have seen it. */
    WRITE_RESPONSE(-1),
    /** Merges the route's uri with the request's path and query. */
    REQUEST_URL(10_000),
    /** Takes a permit for the upstream that {@code lb://NAME} names. */
    UPSTREAM_LIMIT(10_140),
    /** Picks an endpoint for {@code lb://NAME}. */
    LOAD_BALANCER(10_149),
    /** Sends the request upstream, in the stock filter's place: after the one that routes WebSockets. */
    FORWARD(Ordered.LOWEST_PRECEDENCE);

    private final int order;

    FilterOrder(int order) {
        this.order = order;
    }

    /** The number that Spring sorts by. */
    public int value() {
        return order;
    }
}

package dev.meridian.observability.exchange;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.exchange.GatewayExchange;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.web.server.ServerWebExchange;

/**
 * An exchange that is over. To be read while it is told of, not to be kept: it holds the exchange.
 *
 * @param exchange as it came in: the client's own request, before any filter changed it
 * @param gateway what the gateway knows of it
 * @param ending how it ended
 * @param status what the client saw; 499 where it went away before any answer
 * @param endNanos {@link System#nanoTime()}
 * @param error what the chain failed with, also where an answer was made of it
 */
public record ExchangeEnd(
        ServerWebExchange exchange,
        GatewayExchange gateway,
        ExchangeEnding ending,
        int status,
        long endNanos,
        @Nullable Throwable error) {

    /** From the request's head to the end. */
    public long durationNanos() {
        return endNanos - gateway.startNanos;
    }

    /** The last attempt, from the hand-over to the transport to the last byte of the answer; -1 without an attempt. */
    public long upstreamNanos() {
        if (gateway.attempts() == 0) {
            return -1;
        }
        long end = gateway.upstreamEndNanos();
        return Math.max(0, (end == 0 ? endNanos : end) - gateway.upstreamStartNanos());
    }

    /** Until the first byte of the answer to the last attempt; -1 where none came. */
    public long firstByteNanos() {
        return gateway.upstreamFirstByteNanos() == 0
                ? -1
                : Math.max(0, gateway.upstreamFirstByteNanos() - gateway.upstreamStartNanos());
    }

    /** What is not {@link #upstreamNanos()}; -1 where a filter that does not say forwarded it (WebSockets, stock client). */
    public long gatewayNanos() {
        if (gateway.attempts() > 0) {
            return Math.max(0, durationNanos() - upstreamNanos());
        }
        return ServerWebExchangeUtils.isAlreadyRouted(exchange) && !isRefused() ? -1 : durationNanos();
    }

    /** Whether the request was found wanting before anything of it was sent. */
    private boolean isRefused() {
        String failure = failure();
        return failure != null && failure.startsWith("http_request_");
    }

    /** The matched route, also where another mapping than ours matched it; {@code null} where none did. */
    public @Nullable String routeId() {
        String id = gateway.routeId();
        if (id != null) {
            return id;
        }
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        return route == null ? null : route.getId();
    }

    /** {@code HTTP/1.1} or {@code HTTP/2.0}; {@code null} where the server is not Reactor Netty. */
    public @Nullable String protocol() {
        return NativeRequest.protocol(exchange.getRequest());
    }

    /** The error type of {@code Proxy-Status}, also where the answer had begun and could not say it any more. */
    public @Nullable String failure() {
        String noted = gateway.failure();
        if (noted != null) {
            return noted;
        }
        if (error instanceof GatewayException own) {
            return own.failure().proxyError();
        }
        return ending == ExchangeEnding.BROKEN_OFF ? Failure.INTERNAL_ERROR.proxyError() : null;
    }
}

package dev.meridian.observability.metrics;

import dev.meridian.observability.exchange.ExchangeEnd;
import dev.meridian.observability.exchange.ExchangeEnding;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.upstream.Endpoint;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

/** Ends of exchanges as tests need them: 100 µs in all, of which the upstream has 70, 40 of them to the first byte. */
final class Ends {

    private static final Endpoint ENDPOINT = new Endpoint("http", "a", 80, 1, null, Map.of());

    private Ends() {}

    static ExchangeEnd of(@Nullable String route, @Nullable String upstream) {
        return of(route, upstream, HttpMethod.GET, 200, ExchangeEnding.COMPLETE, null);
    }

    static ExchangeEnd failed(String route, @Nullable String upstream, int status, String failure) {
        return of(route, upstream, HttpMethod.GET, status, ExchangeEnding.COMPLETE, failure);
    }

    static ExchangeEnd of(
            @Nullable String route,
            @Nullable String upstream,
            HttpMethod method,
            int status,
            ExchangeEnding ending,
            @Nullable String failure) {
        GatewayExchange gateway = new GatewayExchange(0);
        if (route != null) {
            gateway.routeId(route);
        }
        if (upstream != null) {
            gateway.chosen(null, upstream, ENDPOINT);
            gateway.attemptStarted(10_000);
            if (failure == null) {
                gateway.upstreamFirstByte(50_000);
            }
            gateway.upstreamEnd(80_000);
        }
        gateway.failure(failure);
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.method(method, "/a"));
        return new ExchangeEnd(exchange, gateway, ending, status, 100_000, null);
    }
}

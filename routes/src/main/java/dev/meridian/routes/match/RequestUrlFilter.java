package dev.meridian.routes.match;

import dev.meridian.routes.exchange.FilterOrder;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.PreparedTarget;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Merges the route's scheme, host and port with the request's path and query. Path and query are taken over as they
 * stand: they are part of a valid {@code URI} already, and encoding them again could only change them.
 */
public final class RequestUrlFilter implements GlobalFilter, Ordered {

    private final RouteToRequestUrlFilter stock = new RouteToRequestUrlFilter();

    @Override
    public int getOrder() {
        return FilterOrder.REQUEST_URL.value();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Map<String, Object> attributes = exchange.getAttributes();
        GatewayExchange own = GatewayExchange.of(attributes);
        RouteTarget target = own == null ? null : target(own.target());
        String base = target == null ? null : target.base();
        if (target == null || base == null) {
            return stock.filter(exchange, chain);
        }
        if (target.prefixScheme() != null) {
            attributes.put(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR, target.prefixScheme());
        }
        attributes.put(
                ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
                RequestUrls.join(base, exchange.getRequest().getURI()));
        return chain.filter(exchange);
    }

    private static @Nullable RouteTarget target(@Nullable PreparedTarget prepared) {
        return prepared instanceof PreparedRoute route
                ? route.target()
                : prepared instanceof OtherTarget other ? other.target() : null;
    }
}

package dev.meridian.filters.overload;

import dev.meridian.filters.problem.OverloadException;
import dev.meridian.routes.exchange.ExchangeAttributes;
import dev.meridian.routes.exchange.FilterOrder;
import java.util.Map;
import java.util.function.LongSupplier;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * Holds an exchange against the gateway's own limit, and gives back at its end what it took of this and of other limits.
 * Where there is no limit it costs nothing.
 */
final class OverloadFilter implements GlobalFilter, Ordered {

    private final OverloadLimits limits;
    private final LongSupplier ticker;

    OverloadFilter(OverloadLimits limits, LongSupplier ticker) {
        this.limits = limits;
        this.ticker = ticker;
    }

    @Override
    public int getOrder() {
        return FilterOrder.OVERLOAD.value();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        // A second time where a filter has the request go another route: it stays the one request that it was.
        if (!limits.any() || Permits.of(exchange.getAttributes()) != null) {
            return chain.filter(exchange);
        }
        return new Limited(exchange, chain.filter(exchange));
    }

    private final class Limited extends Mono<Void> {

        private final ServerWebExchange exchange;
        private final Mono<Void> chain;

        Limited(ServerWebExchange exchange, Mono<Void> chain) {
            this.exchange = exchange;
            this.chain = chain;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Void> actual) {
            Map<String, Object> attributes = exchange.getAttributes();
            Priority priority = RoutePriority.of((Route) attributes.get(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR));
            ConcurrencyLimit gateway = limits.gateway();
            if (gateway != null && !gateway.tryAcquire(priority)) {
                Operators.error(actual, OverloadException.ofGateway());
                return;
            }
            Permits permits = new Permits(actual, exchange, priority, gateway, ticker);
            attributes.put(ExchangeAttributes.PERMITS, permits);
            chain.subscribe(permits);
        }
    }
}

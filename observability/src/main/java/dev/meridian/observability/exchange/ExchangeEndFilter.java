package dev.meridian.observability.exchange;

import dev.meridian.routes.exchange.FilterOrder;
import dev.meridian.routes.exchange.GatewayExchange;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** Notices the end of each exchange, with one operator for all observers. */
final class ExchangeEndFilter implements WebFilter, Ordered {

    private final ExchangeObserver[] observers;
    private final @Nullable ApplicationContext context;
    private final LongSupplier ticker;

    /** @param context whose exchanges are observed; {@code null} for any */
    ExchangeEndFilter(List<ExchangeObserver> observers, @Nullable ApplicationContext context, LongSupplier ticker) {
        this.observers = observers.toArray(new ExchangeObserver[0]);
        this.context = context;
        this.ticker = ticker;
    }

    @Override
    public int getOrder() {
        return FilterOrder.ACCESS_LOG.value();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        // The management port is another context, but the filters of this one, its parent, run there as well.
        ApplicationContext from = exchange.getApplicationContext();
        if (from != context && from != null && context != null) {
            return chain.filter(exchange);
        }
        return new Observed(exchange, chain.filter(exchange));
    }

    private final class Observed extends Mono<Void> {

        private final ServerWebExchange exchange;
        private final Mono<Void> source;

        Observed(ServerWebExchange exchange, Mono<Void> source) {
            this.exchange = exchange;
            this.source = source;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Void> actual) {
            Map<String, Object> attributes = exchange.getAttributes();
            GatewayExchange started = GatewayExchange.of(attributes);
            GatewayExchange gateway = started != null ? started : GatewayExchange.require(attributes);
            source.subscribe(new ExchangeEndSubscriber(actual, exchange, gateway, observers, ticker));
        }
    }
}

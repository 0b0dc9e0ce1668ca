package dev.meridian.filters.forward;

import dev.meridian.routes.exchange.FilterOrder;
import dev.meridian.routes.exchange.GatewayExchange;
import java.net.URI;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** Sends the request upstream, in place of the stock Netty filter. What comes back is written by {@link WriteResponseFilter}. */
final class ForwardFilter implements GlobalFilter, Ordered {

    private final Forwarder forwarder;

    ForwardFilter(Forwarder forwarder) {
        this.forwarder = forwarder;
    }

    Forwarder forwarder() {
        return forwarder;
    }

    @Override
    public int getOrder() {
        return FilterOrder.FORWARD.value();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        URI url = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        if (!http || ServerWebExchangeUtils.isAlreadyRouted(exchange)) {
            return chain.filter(exchange);
        }
        ServerWebExchangeUtils.setAlreadyRouted(exchange);
        return new Forward(exchange, chain, GatewayExchange.require(exchange.getAttributes()), url);
    }

    private final class Forward extends Mono<Void> {

        private final ServerWebExchange exchange;
        private final GatewayFilterChain chain;
        private final GatewayExchange own;
        private final URI url;

        Forward(ServerWebExchange exchange, GatewayFilterChain chain, GatewayExchange own, URI url) {
            this.exchange = exchange;
            this.chain = chain;
            this.own = own;
            this.url = url;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Void> actual) {
            ForwardSubscription subscription = new ForwardSubscription(forwarder, exchange, chain, own, actual);
            actual.onSubscribe(subscription);
            subscription.start(url);
        }
    }
}

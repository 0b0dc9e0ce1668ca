package dev.meridian.filters.server;

import java.util.List;
import java.util.Objects;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.WebHandler;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** A link of the chain of web filters; the rest of the chain runs when it is subscribed to, each time anew. */
final class WebFilterLink implements WebFilterChain {

    private final WebFilter filter;
    private final WebFilterChain next;

    private WebFilterLink(WebFilter filter, WebFilterChain next) {
        this.filter = filter;
        this.next = next;
    }

    static WebHandler chain(List<WebFilter> filters, WebHandler handler) {
        WebFilterChain chain = exchange -> new Deferred(handler, exchange);
        for (int i = filters.size() - 1; i >= 0; i--) {
            chain = new WebFilterLink(filters.get(i), chain);
        }
        return chain::filter;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange) {
        return new Deferred(e -> filter.filter(e, next), exchange);
    }

    private static final class Deferred extends Mono<Void> {

        private final WebHandler handler;
        private final ServerWebExchange exchange;

        Deferred(WebHandler handler, ServerWebExchange exchange) {
            this.handler = handler;
            this.exchange = exchange;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Void> actual) {
            Mono<Void> result;
            try {
                result = Objects.requireNonNull(handler.handle(exchange), "filter returned null");
            } catch (Throwable e) {
                Exceptions.throwIfFatal(e);
                result = Mono.error(e);
            }
            result.subscribe(actual);
        }
    }
}

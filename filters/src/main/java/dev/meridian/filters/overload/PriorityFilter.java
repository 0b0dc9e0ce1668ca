package dev.meridian.filters.overload;

import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Says how much its route's requests matter. It is read before it would run, and does nothing when it does. */
record PriorityFilter(Priority priority) implements GatewayFilter {

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return chain.filter(exchange);
    }

    @Override
    public String toString() {
        return "[Priority " + priority.text() + "]";
    }
}

package dev.meridian.routes.match;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * A route's filters, combined and sorted once. Each link knows the next, so that a request allocates nothing for the
 * chain itself but one lazy {@link Mono} per step: filters such as {@code Retry} subscribe to the rest of the chain more
 * than once, and each time the rest must run anew.
 */
final class PreparedChain implements GatewayFilterChain {

    private final @Nullable GatewayFilter filter;
    private final @Nullable PreparedChain next;

    private PreparedChain(@Nullable GatewayFilter filter, @Nullable PreparedChain next) {
        this.filter = filter;
        this.next = next;
    }

    static PreparedChain of(List<GatewayFilter> filters) {
        PreparedChain chain = new PreparedChain(null, null);
        for (int i = filters.size() - 1; i >= 0; i--) {
            chain = new PreparedChain(filters.get(i), chain);
        }
        return chain;
    }

    /** In the order in which they run. */
    List<GatewayFilter> filters() {
        List<GatewayFilter> filters = new ArrayList<>();
        for (PreparedChain link = this; link != null; link = link.next) {
            if (link.filter != null) {
                filters.add(link.filter);
            }
        }
        return filters;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange) {
        return filter == null || next == null ? Mono.empty() : new Step(filter, next, exchange);
    }

    private static final class Step extends Mono<Void> {

        private final GatewayFilter filter;
        private final PreparedChain next;
        private final ServerWebExchange exchange;

        Step(GatewayFilter filter, PreparedChain next, ServerWebExchange exchange) {
            this.filter = filter;
            this.next = next;
            this.exchange = exchange;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Void> actual) {
            Mono<Void> result;
            try {
                result = Objects.requireNonNull(filter.filter(exchange, next), "filter returned null");
            } catch (Throwable e) {
                reactor.core.Exceptions.throwIfFatal(e);
                result = Mono.error(e);
            }
            result.subscribe(actual);
        }
    }
}

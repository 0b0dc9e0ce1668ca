package dev.meridian.filters.overload;

import dev.meridian.filters.problem.GatewayException;
import dev.meridian.filters.problem.OverloadException;
import dev.meridian.routes.balance.BalancedUrl;
import dev.meridian.routes.exchange.FilterOrder;
import dev.meridian.routes.exchange.GatewayExchange;
import java.net.URI;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** Holds a request against the limit of its upstream, before the first attempt, and measures how long that takes. */
final class UpstreamLimitFilter implements GlobalFilter, Ordered {

    private final OverloadLimits limits;
    private final LongSupplier ticker;

    UpstreamLimitFilter(OverloadLimits limits, LongSupplier ticker) {
        this.limits = limits;
        this.ticker = ticker;
    }

    @Override
    public int getOrder() {
        return FilterOrder.UPSTREAM_LIMIT.value();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Permits permits = Permits.of(exchange.getAttributes());
        URI url = permits == null ? null : BalancedUrl.of(exchange.getAttributes());
        if (permits == null || url == null) {
            return chain.filter(exchange);
        }
        ConcurrencyLimit limit = limits.upstream(BalancedUrl.name(url));
        if (limit == null) {
            return chain.filter(exchange);
        }
        if (!permits.enter(limit)) {
            GatewayExchange own = GatewayExchange.of(exchange.getAttributes());
            if (own != null) {
                own.onShed();
            }
            return Mono.error(OverloadException.ofUpstream());
        }
        return limit.isAdaptive() ? new Measured(exchange, chain.filter(exchange), limit) : chain.filter(exchange);
    }

    /** Whether an error says that there was no room, or nobody at all. */
    static boolean isDrop(Throwable error) {
        if (error instanceof GatewayException own) {
            return own.failure().isUpstreams();
        }
        return error instanceof TimeoutException;
    }

    /** The chain behind this filter ends when the head of the answer is here. */
    private final class Measured extends Mono<Void> {

        private final ServerWebExchange exchange;
        private final Mono<Void> chain;
        private final ConcurrencyLimit limit;

        Measured(ServerWebExchange exchange, Mono<Void> chain, ConcurrencyLimit limit) {
            this.exchange = exchange;
            this.chain = chain;
            this.limit = limit;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Void> actual) {
            chain.subscribe(new Measuring(actual, exchange, limit));
        }
    }

    private final class Measuring implements CoreSubscriber<Void> {

        private final CoreSubscriber<? super Void> actual;
        private final ServerWebExchange exchange;
        private final ConcurrencyLimit limit;
        private final long start;

        Measuring(CoreSubscriber<? super Void> actual, ServerWebExchange exchange, ConcurrencyLimit limit) {
            this.actual = actual;
            this.exchange = exchange;
            this.limit = limit;
            this.start = ticker.getAsLong();
        }

        @Override
        public void onSubscribe(Subscription s) {
            actual.onSubscribe(s);
        }

        @Override
        public void onNext(Void nothing) {}

        @Override
        public void onComplete() {
            long now = ticker.getAsLong();
            HttpStatusCode status = exchange.getResponse().getStatusCode();
            if (status != null && status.value() == 503) {
                limit.onDrop(now);
            } else {
                long sent = sent(GatewayExchange.of(exchange.getAttributes()));
                limit.onAnswer(sent, now - sent, now);
            }
            actual.onComplete();
        }

        /** Of the last attempt: what came before it says nothing of how long the upstream takes. */
        private long sent(@Nullable GatewayExchange own) {
            return own == null || own.attempts() == 0 ? start : own.upstreamStartNanos();
        }

        @Override
        public void onError(Throwable t) {
            if (isDrop(t)) {
                limit.onDrop(ticker.getAsLong());
            }
            actual.onError(t);
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }
    }
}

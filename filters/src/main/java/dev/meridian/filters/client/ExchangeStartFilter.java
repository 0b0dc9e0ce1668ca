package dev.meridian.filters.client;

import dev.meridian.filters.trace.TraceContext;
import dev.meridian.routes.exchange.ExchangeAttributes;
import dev.meridian.routes.exchange.FilterOrder;
import dev.meridian.routes.exchange.GatewayExchange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.channel.ChannelOperations;

/** The first of all filters: starts the clock, notes who the client is, continues or starts the trace. */
final class ExchangeStartFilter implements WebFilter, Ordered {

    private final TrustedProxies trusted;
    private final LongSupplier ticker;
    private final RandomGenerator random;

    ExchangeStartFilter(TrustedProxies trusted, LongSupplier ticker, RandomGenerator random) {
        this.trusted = trusted;
        this.ticker = ticker;
        this.random = random;
    }

    @Override
    public int getOrder() {
        return FilterOrder.EXCHANGE_START.value();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        GatewayExchange own = new GatewayExchange(ticker.getAsLong());
        ServerHttpRequest request = exchange.getRequest();
        TraceContext trace = TraceContext.of(request.getHeaders().getFirst("traceparent"), random);
        own.trace(trace.traceId(), trace.spanId(), trace.flags(), trace.continued());
        InetSocketAddress remote = request.getRemoteAddress();
        InetAddress client = remote == null ? null : remote.getAddress();
        own.client(client, !trusted.isEmpty() && trusted.contains(peer(request, client)));
        exchange.getAttributes().put(ExchangeAttributes.GATEWAY_EXCHANGE, own);
        return chain.filter(exchange);
    }

    private static @Nullable InetAddress peer(ServerHttpRequest request, @Nullable InetAddress otherwise) {
        if (request instanceof AbstractServerHttpRequest holder
                && holder.getNativeRequest() instanceof ChannelOperations<?, ?> operations) {
            return Peer.address(operations.channel());
        }
        return otherwise;
    }
}

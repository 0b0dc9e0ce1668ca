package dev.meridian.filters.client;

import dev.meridian.filters.trace.TraceContext;
import dev.meridian.routes.exchange.ExchangeAttributes;
import dev.meridian.routes.exchange.FilterOrder;
import dev.meridian.routes.exchange.GatewayExchange;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

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
        TraceContext trace = TraceContext.of(traceparent(request), random);
        own.trace(trace.traceId(), trace.spanId(), trace.flags(), trace.continued());
        InetSocketAddress remote = request.getRemoteAddress();
        InetAddress client = remote == null ? null : remote.getAddress();
        own.client(client, !trusted.isEmpty() && trusted.contains(peer(request, client)));
        exchange.getAttributes().put(ExchangeAttributes.GATEWAY_EXCHANGE, own);
        return chain.filter(exchange);
    }

    private static @Nullable InetAddress peer(ServerHttpRequest request, @Nullable InetAddress otherwise) {
        Channel channel = Peer.channel(request);
        return channel == null ? otherwise : Peer.address(channel);
    }

    /** A field that is there twice is as good as none (W3C Trace Context §3.2). */
    private static @Nullable String traceparent(ServerHttpRequest request) {
        List<String> values = request.getHeaders().get("traceparent");
        return values != null && values.size() == 1 ? values.get(0) : null;
    }
}

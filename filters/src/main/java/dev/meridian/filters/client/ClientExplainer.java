package dev.meridian.filters.client;

import dev.meridian.filters.trace.TraceContext;
import dev.meridian.routes.exchange.ExchangeAttributes;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.explain.ExplainContributor;
import dev.meridian.routes.explain.ExplainedRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Explains who the client is taken to be, and on whose word. The first of all: it begins the talked-of exchange. */
final class ClientExplainer implements ExplainContributor, Ordered {

    private final TrustedProxies trusted;

    ClientExplainer(TrustedProxies trusted) {
        this.trusted = trusted;
    }

    @Override
    public int getOrder() {
        return 100;
    }

    @Override
    public String section() {
        return "client";
    }

    @Override
    public ClientPart explain(ExplainedRequest request) {
        ServerHttpRequest asked = request.exchange().getRequest();
        HttpHeaders headers = asked.getHeaders();
        List<String> forwarded = headers.getOrEmpty("Forwarded");
        List<String> xForwarded = headers.getOrEmpty("X-Forwarded-For");
        String field = !forwarded.isEmpty() ? "Forwarded" : !xForwarded.isEmpty() ? "X-Forwarded-For" : null;
        boolean isTrusted = trusted.contains(request.peer());
        InetAddress client = request.peer();
        if (isTrusted && field != null) {
            List<@Nullable InetAddress> hops =
                    forwarded.isEmpty() ? ForwardedFor.xForwardedFor(xForwarded) : ForwardedFor.forwarded(forwarded);
            client = trusted.client(request.peer(), hops);
        }
        begin(request, client, isTrusted);
        return new ClientPart(
                client.getHostAddress(),
                request.peer().getHostAddress(),
                isTrusted,
                isTrusted ? field : null,
                reason(request.peer(), client, isTrusted, field));
    }

    private String reason(InetAddress peer, InetAddress client, boolean isTrusted, @Nullable String field) {
        if (!isTrusted) {
            return (trusted.isEmpty() ? "no proxy is trusted" : "the peer is no trusted proxy")
                    + (field == null ? "" : ": what " + field + " says is not believed");
        } else if (field == null) {
            return "the peer is a trusted proxy, but names nobody";
        }
        return client.equals(peer)
                ? "the peer is a trusted proxy, but the last hop of " + field + " is no address"
                : "the peer is a trusted proxy: the last hop of " + field + " that is none itself";
    }

    private void begin(ExplainedRequest request, InetAddress client, boolean isTrusted) {
        GatewayExchange own = new GatewayExchange(System.nanoTime());
        own.client(client, isTrusted);
        List<String> parents = request.exchange().getRequest().getHeaders().getOrEmpty("traceparent");
        TraceContext trace = TraceContext.of(
                parents.size() == 1 ? parents.get(0) : null,
                () -> ThreadLocalRandom.current().nextLong());
        own.trace(trace.traceId(), trace.spanId(), trace.flags(), trace.continued());
        request.exchange().getAttributes().put(ExchangeAttributes.GATEWAY_EXCHANGE, own);
        if (!client.equals(request.peer())) {
            request.exchange(request.exchange()
                    .mutate()
                    .request(changed -> changed.remoteAddress(new InetSocketAddress(client, 0)))
                    .build());
        }
    }

    /**
     * The client.
     *
     * @param peer the other end of the socket
     * @param trusted whether the peer is a configured proxy
     * @param field that was believed, {@code null} for none
     */
    record ClientPart(
            String address,
            String peer,
            boolean trusted,
            @Nullable String field,
            String reason) {}
}

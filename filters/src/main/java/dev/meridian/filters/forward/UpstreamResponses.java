package dev.meridian.filters.forward;

import dev.meridian.filters.problem.ProblemWriter;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.HeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.http.server.HttpServerResponse;

/** Puts the head of the upstream's response on the exchange, where the route's filters may still change it. */
public final class UpstreamResponses {

    private static final String RESPONSE = UpstreamResponse.class.getName();

    private UpstreamResponses() {}

    static void accept(ServerWebExchange exchange, UpstreamResponse upstream, Forwarder forwarder) {
        List<HttpHeadersFilter> filters = forwarder.headersFilters();
        exchange.getAttributes().put(RESPONSE, upstream);
        HttpHeaders from = upstream.headers();
        String contentType = from.get("content-type");
        if (contentType != null) {
            exchange.getAttributes().put(ServerWebExchangeUtils.ORIGINAL_RESPONSE_CONTENT_TYPE_ATTR, contentType);
        }
        exchange.getAttributes().put(ServerWebExchangeUtils.CLIENT_RESPONSE_HEADER_NAMES, new Names(from));
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(status(upstream.status()));
        Set<String> listed = forwarder.removedBesides(HopByHop.listed(from));
        HttpServerResponse server = response instanceof AbstractServerHttpResponse ? server(response) : null;
        if (!filters.isEmpty()) {
            filtered(exchange, from, listed, filters);
        } else if (server != null) {
            copy(from, listed, server.responseHeaders());
        } else {
            copy(from, listed, response.getHeaders());
        }
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        int attempts = own.attempts();
        if (attempts > 1 && own.fallback() == null) { // a fallback says of itself what it is
            response.getHeaders()
                    .add(HeaderNames.PROXY_STATUS.toString(), ProblemWriter.proxyStatus(null, null, attempts));
        }
        if (upstream.bodyUnwanted()) {
            response.getHeaders().set(HeaderNames.CONNECTION.toString(), "close");
        }
    }

    /** What the server made of it, {@code null} where the server is another. */
    static @Nullable HttpServerResponse server(ServerHttpResponse response) {
        try {
            return ServerHttpResponseDecorator.getNativeResponse(response) instanceof HttpServerResponse server
                    ? server
                    : null;
        } catch (IllegalArgumentException | IllegalStateException e) {
            return null;
        }
    }

    private static org.springframework.http.HttpStatusCode status(int code) {
        HttpStatus known = HttpStatus.resolve(code);
        return known != null ? known : org.springframework.http.HttpStatusCode.valueOf(code);
    }

    /** The response that waits to be written, taken out of the exchange. */
    static @Nullable UpstreamResponse take(ServerWebExchange exchange) {
        return (UpstreamResponse) exchange.getAttributes().remove(RESPONSE);
    }

    /** Gives up a response that nobody will write. */
    public static void discard(ServerWebExchange exchange) {
        UpstreamResponse left = take(exchange);
        if (left != null) {
            left.body().dispose();
        }
    }

    private static boolean passes(CharSequence name, Set<String> listed) {
        return !HopByHop.isHopByHop(name)
                && (listed.isEmpty() || !listed.contains(name.toString().toLowerCase(Locale.ROOT)))
                && !(name.length() > 8
                        && name.charAt(0) == 'x'
                        && name.toString().startsWith("x-http2-"));
    }

    private static void copy(HttpHeaders from, Set<String> listed, HttpHeaders to) {
        for (Iterator<Map.Entry<CharSequence, CharSequence>> all = from.iteratorCharSequence(); all.hasNext(); ) {
            Map.Entry<CharSequence, CharSequence> field = all.next();
            if (passes(field.getKey(), listed)) {
                to.add(field.getKey(), field.getValue());
            }
        }
        if (from.contains(HeaderNames.CONTENT_LENGTH)) {
            to.remove(HeaderNames.TRANSFER_ENCODING); // the server's default, until a length is known
        }
    }

    private static void copy(HttpHeaders from, Set<String> listed, org.springframework.http.HttpHeaders to) {
        from.forEach(field -> {
            if (passes(field.getKey(), listed)) {
                to.add(field.getKey(), field.getValue());
            }
        });
        if (from.contains(HeaderNames.CONTENT_LENGTH)) {
            to.remove(org.springframework.http.HttpHeaders.TRANSFER_ENCODING);
        }
    }

    private static void filtered(
            ServerWebExchange exchange, HttpHeaders from, Set<String> listed, List<HttpHeadersFilter> filters) {
        org.springframework.http.HttpHeaders spring = new org.springframework.http.HttpHeaders();
        copy(from, listed, spring);
        org.springframework.http.HttpHeaders to = exchange.getResponse().getHeaders();
        HttpHeadersFilter.filter(filters, spring, exchange, HttpHeadersFilter.Type.RESPONSE)
                .forEach(to::addAll);
        if (from.contains(HeaderNames.CONTENT_LENGTH)) {
            to.remove(org.springframework.http.HttpHeaders.TRANSFER_ENCODING);
        }
    }

    /** Read only when a stock filter resets the exchange for another attempt, so made only then. */
    private static final class Names extends AbstractSet<String> {

        private final HttpHeaders headers;

        Names(HttpHeaders headers) {
            this.headers = headers;
        }

        @Override
        public Iterator<String> iterator() {
            return headers.names().iterator();
        }

        @Override
        public int size() {
            return headers.names().size();
        }
    }
}

package dev.meridian.filters.forward;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.HeaderNames;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamSettings;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.http.server.HttpServerRequest;

/** Works out what is sent where: from the exchange, as all filters have left it, to an {@link UpstreamCall}. */
final class Forwarder {

    private final UpstreamTransport transport;
    private final RequestHeaders headers;
    private final List<HttpHeadersFilter> headersFilters;
    private final UpstreamSettings direct;
    private final long maxBody;

    /**
     * @param headersFilters the application's own, stock ones excluded
     * @param direct how addresses are spoken to that routes name themselves
     * @param maxBody of a request, in bytes
     */
    Forwarder(
            UpstreamTransport transport,
            RequestHeaders headers,
            List<HttpHeadersFilter> headersFilters,
            UpstreamSettings direct,
            long maxBody) {
        this.transport = transport;
        this.headers = headers;
        this.headersFilters = List.copyOf(headersFilters);
        this.direct = direct;
        this.maxBody = maxBody;
    }

    /** The names, and those that an existing configuration has removed from every message. */
    Set<String> removedBesides(Set<String> names) {
        return headers.removedBesides(names);
    }

    List<HttpHeadersFilter> headersFilters() {
        return headersFilters;
    }

    RequestHeaders headers() {
        return headers;
    }

    UpstreamSettings direct() {
        return direct;
    }

    /** The event loop that the client's connection lives on, or any where it is not one of Reactor Netty's. */
    EventLoop loop(@Nullable Channel client) {
        return client == null ? transport.anyLoop() : client.eventLoop();
    }

    UpstreamCall start(
            ServerWebExchange exchange, URI url, @Nullable Channel client, EventLoop loop, CallListener listener)
            throws GatewayException {
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        ServerHttpRequest request = exchange.getRequest();
        Endpoint endpoint = own.endpoint();
        boolean chosen = endpoint != null && endpoint.host().equals(bareHost(url)) && endpoint.port() == port(url);
        if (endpoint == null || !chosen) {
            endpoint = new Endpoint(scheme(url), bareHost(url), port(url), 1, null, Map.of());
            own.chosen(null, endpoint.authority(), endpoint);
        }
        Upstream upstream = own.upstream();
        UpstreamSettings settings = upstream == null ? direct : upstream.settings();
        String pool = upstream == null ? HostKey.unnamed(endpoint.authority()) : upstream.name();
        HostKey key = HostKey.of(pool, endpoint, settings.protocol());
        UpstreamRequest outgoing = request(exchange, own, request, url, endpoint, settings, client);
        own.attemptStarted(System.nanoTime());
        CallTimeouts timeouts = timeouts(exchange, settings);
        listener.onStart(own.liveEndpoint());
        return transport.start(loop, key, settings, outgoing, timeouts, listener);
    }

    private UpstreamRequest request(
            ServerWebExchange exchange,
            GatewayExchange own,
            ServerHttpRequest request,
            URI url,
            Endpoint endpoint,
            UpstreamSettings settings,
            @Nullable Channel client)
            throws GatewayException {
        boolean pristine = isPristine(request);
        HttpHeaders in = pristine ? nativeHeaders(request) : copy(request.getHeaders());
        String clientHost = in.get(HeaderNames.HOST);
        String path = path(url);
        boolean preserve = exchange.getAttributeOrDefault(ServerWebExchangeUtils.PRESERVE_HOST_HEADER_ATTRIBUTE, false);
        String authority = preserve && clientHost != null ? clientHost : endpoint.authority();
        boolean http2 = settings.protocol() != Protocol.HTTP1;
        URI requested = request.getURI();
        RequestHeaders.Client from = new RequestHeaders.Client(
                clientHost,
                requested.getScheme() == null ? "http" : requested.getScheme(),
                requested.getPort() >= 0 ? requested.getPort() : "https".equals(requested.getScheme()) ? 443 : 80,
                PeerFields.of(client, request.getRemoteAddress()),
                prefix(exchange, path),
                client instanceof Http2StreamChannel);
        HttpHeaders out = headers.write(in, pristine, authority, from, own, http2);
        HttpMethod method = HttpMethod.valueOf(request.getMethod().name());
        long length = length(in);
        if (length > maxBody) {
            throw GatewayException.of(Failure.REQUEST_TOO_LARGE);
        }
        // A filter may have taken the length away; the body is still there.
        boolean chunked =
                length < 0 && (in.contains(HeaderNames.TRANSFER_ENCODING) || !pristine && cameWithBody(request));
        boolean hasBody = length > 0 || chunked;
        boolean expect = hasBody && in.containsValue(HeaderNames.EXPECT, HttpHeaderValues.CONTINUE, true);
        if (!headersFilters.isEmpty()) {
            out = filtered(out, exchange);
        }
        if (length >= 0) {
            out.set(HeaderNames.CONTENT_LENGTH, Long.toString(length));
        } else if (chunked) {
            out.set(HeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (expect) {
            out.set(HeaderNames.EXPECT, HttpHeaderValues.CONTINUE);
        }
        return new UpstreamRequest(
                method,
                target(path, url),
                out,
                hasBody ? request.getBody() : null,
                chunked ? -1 : length,
                maxBody,
                expect);
    }

    private HttpHeaders filtered(HttpHeaders out, ServerWebExchange exchange) {
        org.springframework.http.HttpHeaders spring = new org.springframework.http.HttpHeaders();
        out.forEach(field -> spring.add(field.getKey(), field.getValue()));
        return copy(HttpHeadersFilter.filter(headersFilters, spring, exchange, HttpHeadersFilter.Type.REQUEST));
    }

    CallTimeouts timeouts(ServerWebExchange exchange, UpstreamSettings settings) {
        int connect = (int) settings.timeout().connect().toMillis();
        long response = settings.timeout().response().toMillis();
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        if (route != null && !route.getMetadata().isEmpty()) {
            Map<String, Object> metadata = route.getMetadata();
            connect = (int) millis(metadata.get(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR), connect);
            response = millis(metadata.get(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR), response);
        }
        return new CallTimeouts(
                connect, Math.max(0, response), settings.timeout().idle().toMillis());
    }

    /** Spring Cloud Gateway's metadata: milliseconds as number or text; negative response timeouts switch it off. */
    private static long millis(@Nullable Object value, long otherwise) {
        if (value instanceof Number number) {
            return number.longValue();
        }
        try {
            return value == null ? otherwise : Long.parseLong(value.toString());
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    static @Nullable String prefix(ServerWebExchange exchange, String path) {
        Set<URI> originals = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ORIGINAL_REQUEST_URL_ATTR);
        return originals == null || originals.isEmpty()
                ? null
                : RequestHeaders.strippedPrefix(originals.iterator().next(), path);
    }

    /** Whether the request is as the server made it, with no filter's changes over it. */
    private static boolean isPristine(ServerHttpRequest request) {
        return request.getClass() == NativeRequest.type;
    }

    private static boolean cameWithBody(ServerHttpRequest request) {
        try {
            Object server = ServerHttpRequestDecorator.getNativeRequest(request);
            if (server instanceof HttpServerRequest received) {
                HttpHeaders fields = received.requestHeaders();
                return fields.contains(HeaderNames.TRANSFER_ENCODING) || length(fields) > 0;
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            // not made by the server: what its fields say is all that is known
        }
        return false;
    }

    private static HttpHeaders nativeHeaders(ServerHttpRequest request) {
        HttpServerRequest server = ServerHttpRequestDecorator.getNativeRequest(request);
        return server.requestHeaders();
    }

    static HttpHeaders copy(org.springframework.http.HttpHeaders from) {
        DefaultHttpHeaders to = new DefaultHttpHeaders();
        from.forEach((name, values) -> values.forEach(value -> {
            if (value != null) {
                to.add(name, value);
            }
        }));
        return to;
    }

    private static long length(HttpHeaders in) {
        String value = in.get(HeaderNames.CONTENT_LENGTH);
        if (value == null) {
            return -1;
        }
        try {
            return Long.parseLong(value.trim());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static String path(URI url) {
        String path = url.getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    private static String target(String path, URI url) {
        String query = url.getRawQuery();
        String target = query == null ? path : path + "?" + query;
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) >= 0x7f) {
                return ascii(url);
            }
        }
        return target;
    }

    private static String ascii(URI url) {
        URI encoded = URI.create(url.toASCIIString());
        return encoded.getRawQuery() == null ? path(encoded) : path(encoded) + "?" + encoded.getRawQuery();
    }

    private static String scheme(URI url) {
        return "https".equalsIgnoreCase(url.getScheme()) ? "https" : "http";
    }

    private static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
    }

    private static String bareHost(URI url) {
        String host = url.getHost();
        if (host == null) {
            throw new IllegalStateException("Invalid host: " + url.getRawAuthority());
        }
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** The server's own request class is not public; whatever comes first without a decorator is taken for it. */
    private static final class NativeRequest {

        static final @Nullable Class<?> type = find();

        private static @Nullable Class<?> find() {
            try {
                return Class.forName("org.springframework.http.server.reactive.ReactorServerHttpRequest");
            } catch (ClassNotFoundException e) {
                return null;
            }
        }
    }
}

package dev.meridian.filters.forward;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.RetryCondition;
import dev.meridian.routes.definition.RetryDefinition;
import dev.meridian.routes.definition.TimeoutDefinition;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.HeaderNames;
import dev.meridian.routes.exchange.RouteTimeouts;
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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.io.buffer.DataBuffer;
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
    private final Retries retries;

    /**
     * @param headersFilters the application's own, stock ones excluded
     * @param direct how addresses are spoken to that routes name themselves
     * @param maxBody of a request, in bytes
     * @param retries what those of all requests share
     */
    Forwarder(
            UpstreamTransport transport,
            RequestHeaders headers,
            List<HttpHeadersFilter> headersFilters,
            UpstreamSettings direct,
            long maxBody,
            Retries retries) {
        this.transport = transport;
        this.headers = headers;
        this.headersFilters = List.copyOf(headersFilters);
        this.direct = direct;
        this.maxBody = maxBody;
        this.retries = retries;
    }

    Retries retries() {
        return retries;
    }

    /** The deadlines of the event loop; on it. */
    Deadlines deadlines(EventLoop loop) {
        return transport.deadlines(loop);
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

    /** @param body what an earlier attempt has kept of the request's, {@code null} where there was none */
    UpstreamCall start(
            ServerWebExchange exchange,
            URI url,
            @Nullable Channel client,
            EventLoop loop,
            @Nullable ReplayBody body,
            CallListener listener)
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
        UpstreamRequest outgoing = request(exchange, own, request, url, endpoint, settings, client, loop, body);
        own.attemptStarted(System.nanoTime());
        CallTimeouts timeouts = timeouts(exchange, own, settings);
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
            @Nullable Channel client,
            EventLoop loop,
            @Nullable ReplayBody kept)
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
        boolean idempotent = Methods.idempotent(method, in, settings.retry());
        return new UpstreamRequest(
                method,
                target(path, url),
                out,
                hasBody ? body(request, own, settings, idempotent, length, loop, kept) : null,
                chunked ? -1 : length,
                maxBody,
                expect,
                idempotent);
    }

    /** The client's body, which is kept where it may have to be sent again and is not known to be too long for that. */
    private static Publisher<DataBuffer> body(
            ServerHttpRequest request,
            GatewayExchange own,
            UpstreamSettings settings,
            boolean idempotent,
            long length,
            EventLoop loop,
            @Nullable ReplayBody kept) {
        if (kept != null) {
            return kept;
        }
        RetryDefinition retry = settings.retry();
        long limit = retry.replayBuffer().toBytes();
        boolean mayComeBack = idempotent
                || settings.protocol() != Protocol.HTTP1 && retry.conditions().contains(RetryCondition.REFUSED_STREAM);
        return retry.attempts() > 0 && own.selection() != null && mayComeBack && length <= limit && limit > 0
                ? new ReplayBody(request.getBody(), loop, limit)
                : request.getBody();
    }

    private HttpHeaders filtered(HttpHeaders out, ServerWebExchange exchange) {
        org.springframework.http.HttpHeaders spring = new org.springframework.http.HttpHeaders();
        out.forEach(field -> spring.add(field.getKey(), field.getValue()));
        return copy(HttpHeadersFilter.filter(headersFilters, spring, exchange, HttpHeadersFilter.Type.REQUEST));
    }

    /** By the route's filter, else by its metadata, else as of the upstream. */
    CallTimeouts timeouts(ServerWebExchange exchange, GatewayExchange own, UpstreamSettings settings) {
        TimeoutDefinition written = settings.timeout();
        int connect = (int) written.connect().toMillis();
        long response = written.response().toMillis();
        Route matched = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        if (matched != null && !matched.getMetadata().isEmpty()) {
            Map<String, Object> metadata = matched.getMetadata();
            connect = (int) millis(metadata.get(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR), connect);
            response = millis(metadata.get(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR), response);
        }
        int tls = (int) written.handshake().toMillis();
        long idle = written.idle().toMillis();
        Duration whole = written.total();
        long total = whole == null ? 0 : whole.toMillis();
        RouteTimeouts route = own.timeouts();
        if (route != null) {
            // Without a word on TLS its time follows that of the connection, as it does where an upstream says one.
            tls = (int) or(route.tls(), route.connect() != null && written.tls() == null ? route.connect() : null, tls);
            connect = (int) or(route.connect(), null, connect);
            response = or(route.response(), null, response);
            idle = or(route.idle(), null, idle);
            total = or(route.total(), null, total);
        }
        Duration each = settings.retry().perTryTimeout();
        if (each != null) {
            long most = each.toMillis();
            connect = (int) Math.min(connect, most);
            tls = (int) Math.min(tls, most);
            response = response > 0 ? Math.min(response, most) : most;
        }
        return new CallTimeouts(connect, tls, Math.max(0, response), idle, total);
    }

    private static long or(@Nullable Duration first, @Nullable Duration second, long otherwise) {
        return first != null ? first.toMillis() : second != null ? second.toMillis() : otherwise;
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

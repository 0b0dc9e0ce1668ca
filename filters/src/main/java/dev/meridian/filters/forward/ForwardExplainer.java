package dev.meridian.filters.forward;

import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.HeaderNames;
import dev.meridian.routes.explain.ExplainContributor;
import dev.meridian.routes.explain.ExplainedRequest;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamSettings;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;

/** Explains what would be sent upstream: line, header, deadlines, and what happens when it fails. */
final class ForwardExplainer implements ExplainContributor, Ordered {

    private static final String EACH_TIME_ANEW = "(of each request its own)";

    private final Forwarder forwarder;

    ForwardExplainer(Forwarder forwarder) {
        this.forwarder = forwarder;
    }

    @Override
    public int getOrder() {
        return 500;
    }

    @Override
    public String section() {
        return "forward";
    }

    @Override
    public @Nullable ForwardPart explain(ExplainedRequest request) {
        ServerWebExchange exchange = request.exchange();
        URI url = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        GatewayExchange own = GatewayExchange.of(exchange.getAttributes());
        if (url == null || own == null || !List.of("http", "https", "lb").contains(String.valueOf(url.getScheme()))) {
            return null;
        }
        Upstream upstream = own.upstream();
        UpstreamSettings settings = upstream == null ? forwarder.direct() : upstream.settings();
        boolean hasBody =
                request.bodySize() > 0 || exchange.getRequest().getHeaders().getFirst("Transfer-Encoding") != null;
        CallTimeouts timeouts = forwarder.timeouts(exchange, settings);
        return new ForwardPart(
                exchange.getRequest().getMethod().name(),
                url.toString(),
                settings.protocol().name().toLowerCase(Locale.ROOT),
                new Timeouts(timeouts.connectMillis(), timeouts.responseMillis(), timeouts.idleMillis()),
                retries(exchange, upstream, hasBody),
                headers(request, url, own, settings),
                forwarder.headersFilters().isEmpty()
                        ? null
                        : "the application's own HttpHeadersFilter beans are not asked here");
    }

    private static Retries retries(ServerWebExchange exchange, @Nullable Upstream upstream, boolean hasBody) {
        if (upstream == null) {
            return new Retries(0, false, "never: the route names an address, not an upstream");
        }
        int attempts = upstream.settings().retry().attempts();
        if (attempts == 0) {
            return new Retries(0, false, "never: retry.attempts is 0");
        }
        String method = exchange.getRequest().getMethod().name();
        boolean idempotent = Methods.idempotent(HttpMethod.valueOf(method));
        boolean repeatable = idempotent && !hasBody;
        return new Retries(
                attempts,
                repeatable,
                repeatable
                        ? "whenever it fails before its answer begins: to another endpoint, then to another region"
                        : "only where none of it was sent, since "
                                + (idempotent ? "it has a body" : method + " is not idempotent")
                                + ": to another endpoint, then to another region");
    }

    private Headers headers(ExplainedRequest request, URI url, GatewayExchange own, UpstreamSettings settings) {
        ServerWebExchange exchange = request.exchange();
        HttpHeaders in = Forwarder.copy(exchange.getRequest().getHeaders());
        String host = in.get(HeaderNames.HOST);
        boolean preserve = exchange.getAttributeOrDefault(ServerWebExchangeUtils.PRESERVE_HOST_HEADER_ATTRIBUTE, false);
        Endpoint endpoint = own.endpoint();
        boolean open = "lb".equals(url.getScheme());
        String authority = preserve && host != null
                ? host
                : open ? "(of the endpoint)" : endpoint != null ? endpoint.authority() : url.getRawAuthority();
        URI requested = request.original().getRequest().getURI();
        HttpHeaders out = forwarder
                .headers()
                .write(
                        in,
                        false,
                        authority,
                        new RequestHeaders.Client(
                                host,
                                requested.getScheme(),
                                requested.getPort() >= 0
                                        ? requested.getPort()
                                        : "https".equals(requested.getScheme()) ? 443 : 80,
                                PeerFields.of(null, new InetSocketAddress(request.peer(), 0)),
                                Forwarder.prefix(exchange, url.getRawPath()),
                                false),
                        own,
                        settings.protocol() != Protocol.HTTP1);
        String length = in.get(HeaderNames.CONTENT_LENGTH);
        if (length != null) {
            out.set(HeaderNames.CONTENT_LENGTH, length);
        } else if (in.contains(HeaderNames.TRANSFER_ENCODING)) {
            out.set(HeaderNames.TRANSFER_ENCODING, "chunked");
        }
        if (out.contains(HeaderNames.TRACEPARENT)) {
            out.set(HeaderNames.TRACEPARENT, EACH_TIME_ANEW);
        }
        return Headers.between(Forwarder.copy(request.original().getRequest().getHeaders()), out);
    }

    /**
     * What is sent.
     *
     * @param url behind all rewriting filters; of the upstream where the endpoint is still open
     */
    record ForwardPart(
            String method,
            String url,
            String protocol,
            Timeouts timeouts,
            Retries retries,
            Headers headers,
            @Nullable String note) {}

    /** In milliseconds; 0 for none. */
    record Timeouts(long connectMs, long responseMs, long idleMs) {}

    /**
     * What happens when it fails.
     *
     * @param attempts after the first, at most
     * @param repeatable whether it may be sent again although the upstream may have seen it
     */
    record Retries(int attempts, boolean repeatable, String repeated) {}

    /**
     * What becomes of the client's fields.
     *
     * @param changed from the client's value to the one that is sent
     */
    record Headers(Map<String, String> added, Map<String, String> changed, List<String> removed) {

        static Headers between(HttpHeaders before, HttpHeaders after) {
            Map<String, String> added = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            Map<String, String> changed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            List<String> removed = new ArrayList<>();
            for (String name : after.names()) {
                String value = String.join(", ", after.getAll(name));
                if (!before.contains(name)) {
                    added.put(name, value);
                } else if (!value.equals(String.join(", ", before.getAll(name)))) {
                    changed.put(name, value);
                }
            }
            for (String name : before.names()) {
                if (!after.contains(name)) {
                    removed.add(name);
                }
            }
            return new Headers(added, changed, removed);
        }
    }
}

package dev.meridian.routes.balance;

import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.match.RequestUrls;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamRegistry;
import dev.meridian.routes.upstream.UpstreamView;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;

/** The {@code lb://NAME} uri of a request: which upstream it names, and what becomes of it when an endpoint is chosen. */
public final class BalancedUrl {

    private static final String LB = "lb";

    private BalancedUrl() {}

    /** The request's uri, {@code null} where it names no upstream. */
    public static @Nullable URI of(Map<String, Object> attributes) {
        URI url = (URI) attributes.get(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        boolean balanced = url != null
                && (LB.equals(url.getScheme())
                        || LB.equals(attributes.get(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR)));
        return balanced ? url : null;
    }

    /** The name in it. */
    public static String name(URI url) {
        String host = url.getHost();
        return host != null ? host : url.getRawAuthority();
    }

    /** The upstream of that name in the configuration that the request runs on. */
    static @Nullable Upstream configured(String name, @Nullable GatewayExchange own, UpstreamRegistry upstreams) {
        UpstreamView view = own == null ? null : own.upstreams();
        return (view == null ? upstreams.view() : view).find(name);
    }

    /** Puts the endpoint's address in its place. */
    static void resolve(Map<String, Object> attributes, URI url, Endpoint endpoint) {
        // The choice is made: a stock balancer further on must not look for another.
        attributes.remove(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR);
        attributes.put(
                ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
                RequestUrls.join(scheme(url.getScheme(), endpoint) + "://" + endpoint.authority(), url));
    }

    /** {@code lb:ws://NAME} keeps its inner scheme, made secure where the endpoint is. */
    private static String scheme(@Nullable String wanted, Endpoint endpoint) {
        if ("ws".equals(wanted) || "wss".equals(wanted)) {
            return endpoint.secure() ? "wss" : "ws";
        }
        return endpoint.scheme();
    }
}

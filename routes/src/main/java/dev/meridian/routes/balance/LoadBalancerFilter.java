package dev.meridian.routes.balance;

import dev.meridian.routes.discovery.DiscoveredUpstreams;
import dev.meridian.routes.exchange.FilterOrder;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.match.RequestUrls;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamRegistry;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.support.NotFoundException;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Picks the endpoint for an {@code lb://NAME} uri: from the upstream of that name, else from discovery. */
public final class LoadBalancerFilter implements GlobalFilter, Ordered {

    private static final String LB = "lb";

    private final UpstreamRegistry upstreams;
    private final DiscoveredUpstreams discovered;
    private final boolean use404;

    /** @param use404 whether a name that nobody knows is answered 404 in place of 503 */
    public LoadBalancerFilter(UpstreamRegistry upstreams, DiscoveredUpstreams discovered, boolean use404) {
        this.upstreams = upstreams;
        this.discovered = discovered;
        this.use404 = use404;
    }

    @Override
    public int getOrder() {
        return FilterOrder.LOAD_BALANCER.value();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Map<String, Object> attributes = exchange.getAttributes();
        URI url = (URI) attributes.get(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        if (url == null || !isBalanced(url, attributes)) {
            return chain.filter(exchange);
        }
        String name = name(url);
        Upstream upstream = upstreams.find(name);
        if (upstream != null) {
            choose(exchange, url, upstream);
            return chain.filter(exchange);
        }
        return discovered
                .find(name)
                .switchIfEmpty(Mono.error(() ->
                        NotFoundException.create(use404, "No upstream and no discovered service is named " + name)))
                .flatMap(found -> {
                    choose(exchange, url, found);
                    return chain.filter(exchange);
                });
    }

    private static boolean isBalanced(URI url, Map<String, Object> attributes) {
        return LB.equals(url.getScheme())
                || LB.equals(attributes.get(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR));
    }

    private static String name(URI url) {
        String host = url.getHost();
        return host != null ? host : url.getRawAuthority();
    }

    private static void choose(ServerWebExchange exchange, URI url, Upstream upstream) {
        Endpoint endpoint = upstream.choose();
        GatewayExchange.require(exchange.getAttributes()).chosen(upstream, upstream.name(), endpoint);
        ServerWebExchangeUtils.addOriginalRequestUrl(exchange, url);
        // The choice is made: a stock balancer behind this filter must not look for another.
        exchange.getAttributes().remove(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR);
        exchange.getAttributes()
                .put(
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

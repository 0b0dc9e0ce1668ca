package dev.meridian.routes.balance;

import dev.meridian.routes.discovery.DiscoveredUpstreams;
import dev.meridian.routes.exchange.FilterOrder;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.geo.ClientLocator;
import dev.meridian.routes.match.RequestUrls;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.NoEndpointException;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamRegistry;
import dev.meridian.routes.upstream.UpstreamView;
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
    private final ClientLocator locator;
    private final boolean use404;

    /**
     * @param locator tells where clients are
     * @param use404 whether a name that nobody knows is answered 404 in place of 503
     */
    public LoadBalancerFilter(
            UpstreamRegistry upstreams, DiscoveredUpstreams discovered, ClientLocator locator, boolean use404) {
        this.upstreams = upstreams;
        this.discovered = discovered;
        this.locator = locator;
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
        GatewayExchange own = GatewayExchange.of(attributes);
        UpstreamView view = own == null ? null : own.upstreams();
        Upstream upstream = (view == null ? upstreams.view() : view).find(name);
        if (upstream != null) {
            return route(exchange, chain, url, upstream);
        }
        return discovered
                .find(name)
                .switchIfEmpty(Mono.error(() ->
                        NotFoundException.create(use404, "No upstream and no discovered service is named " + name)))
                .flatMap(found -> route(exchange, chain, url, found));
    }

    static boolean isBalanced(URI url, Map<String, Object> attributes) {
        return LB.equals(url.getScheme())
                || LB.equals(attributes.get(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR));
    }

    static String name(URI url) {
        String host = url.getHost();
        return host != null ? host : url.getRawAuthority();
    }

    private Mono<Void> route(ServerWebExchange exchange, GatewayFilterChain chain, URI url, Upstream upstream) {
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        Selection selection =
                new ExchangeSelection(exchange, own, upstream.settings().selection(), locator);
        LiveEndpoint chosen = upstream.choose(selection);
        if (chosen == null) {
            return Mono.error(new NoEndpointException(upstream, selection.overCapacity()));
        }
        Endpoint endpoint = chosen.endpoint();
        own.chosen(upstream, chosen, selection);
        ServerWebExchangeUtils.addOriginalRequestUrl(exchange, url);
        // The choice is made: a stock balancer behind this filter must not look for another.
        exchange.getAttributes().remove(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR);
        exchange.getAttributes()
                .put(
                        ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
                        RequestUrls.join(scheme(url.getScheme(), endpoint) + "://" + endpoint.authority(), url));
        return chain.filter(exchange);
    }

    /** {@code lb:ws://NAME} keeps its inner scheme, made secure where the endpoint is. */
    static String scheme(@Nullable String wanted, Endpoint endpoint) {
        if ("ws".equals(wanted) || "wss".equals(wanted)) {
            return endpoint.secure() ? "wss" : "ws";
        }
        return endpoint.scheme();
    }
}

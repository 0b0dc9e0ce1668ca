package dev.meridian.routes.balance;

import dev.meridian.routes.discovery.DiscoveredUpstreams;
import dev.meridian.routes.exchange.FilterOrder;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.geo.ClientLocator;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.NoEndpointException;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamRegistry;
import java.net.URI;
import java.util.Map;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.support.NotFoundException;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Picks the endpoint for an {@code lb://NAME} uri: from the upstream of that name, else from discovery. */
public final class LoadBalancerFilter implements GlobalFilter, Ordered {

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
        URI url = BalancedUrl.of(attributes);
        if (url == null) {
            return chain.filter(exchange);
        }
        String name = BalancedUrl.name(url);
        Upstream upstream = BalancedUrl.configured(name, GatewayExchange.of(attributes), upstreams);
        if (upstream != null) {
            return route(exchange, chain, url, upstream);
        }
        return discovered
                .find(name)
                .switchIfEmpty(Mono.error(() ->
                        NotFoundException.create(use404, "No upstream and no discovered service is named " + name)))
                .flatMap(found -> route(exchange, chain, url, found));
    }

    private Mono<Void> route(ServerWebExchange exchange, GatewayFilterChain chain, URI url, Upstream upstream) {
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        Selection selection =
                new ExchangeSelection(exchange, own, upstream.settings().selection(), locator);
        LiveEndpoint chosen = upstream.choose(selection);
        if (chosen == null) {
            return Mono.error(new NoEndpointException(upstream, selection));
        }
        own.chosen(upstream, chosen, selection);
        ServerWebExchangeUtils.addOriginalRequestUrl(exchange, url);
        BalancedUrl.resolve(exchange.getAttributes(), url, chosen.endpoint());
        return chain.filter(exchange);
    }
}

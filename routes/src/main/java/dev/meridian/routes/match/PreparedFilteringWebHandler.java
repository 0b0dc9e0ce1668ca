package dev.meridian.routes.match;

import dev.meridian.routes.exchange.GatewayExchange;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.DecoratingProxy;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Runs the prepared chain of the matched route, in place of the stock handler that sorts the filters per request. */
public final class PreparedFilteringWebHandler extends FilteringWebHandler {

    private final Set<Class<? extends GlobalFilter>> replaced;

    public PreparedFilteringWebHandler(List<GlobalFilter> globalFilters, List<ReplacedFilters> replaced) {
        super(globalFilters, false);
        this.replaced = replaced.stream().flatMap(r -> r.types().stream()).collect(Collectors.toSet());
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        Route route = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        GatewayExchange own = GatewayExchange.of(exchange.getAttributes());
        if (own != null && own.target() instanceof PreparedRoute prepared && prepared.route() == route) {
            return prepared.chain().filter(exchange);
        }
        // Another mapping than ours chose the route.
        return PreparedChain.of(getAllFilters(route)).filter(exchange);
    }

    @Override
    protected List<GatewayFilter> getAllFilters(Route route) {
        return super.getAllFilters(route).stream()
                .filter(filter -> !isReplaced(filter))
                .toList();
    }

    private boolean isReplaced(GatewayFilter filter) {
        GatewayFilter inner = filter instanceof OrderedGatewayFilter ordered ? ordered.getDelegate() : filter;
        return inner instanceof DecoratingProxy proxy && replaced.contains(proxy.getDecoratedClass());
    }
}

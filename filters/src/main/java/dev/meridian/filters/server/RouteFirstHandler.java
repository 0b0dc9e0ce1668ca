package dev.meridian.filters.server;

import dev.meridian.routes.match.GatewayHandlerMapping;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.result.method.AbstractHandlerMethodMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/**
 * Goes straight to the routes where nothing else could handle the request before them, which is known once the
 * application is up; else, and where no route matches, Spring's dispatcher decides as always.
 */
final class RouteFirstHandler implements WebHandler {

    private final DispatcherHandler dispatcher;
    private final GatewayHandlerMapping routes;
    private final ObjectProvider<HandlerMapping> mappings;
    private volatile int direct; // 0 not known yet, 1 yes, 2 no

    RouteFirstHandler(
            DispatcherHandler dispatcher, GatewayHandlerMapping routes, ObjectProvider<HandlerMapping> mappings) {
        this.dispatcher = dispatcher;
        this.routes = routes;
        this.mappings = mappings;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        if (!isDirect() || CorsUtils.isCorsRequest(exchange.getRequest())) {
            return dispatcher.handle(exchange);
        }
        return routes.route(exchange, dispatcher);
    }

    private boolean isDirect() {
        int known = direct;
        if (known == 0) {
            known = !routes.needsDispatcher()
                            && mappings.orderedStream()
                                    .takeWhile(mapping -> mapping != routes)
                                    .allMatch(RouteFirstHandler::isEmpty)
                    ? 1
                    : 2;
            direct = known;
        }
        return known == 1;
    }

    private static boolean isEmpty(HandlerMapping mapping) {
        if (mapping instanceof RouterFunctionMapping functions) {
            return functions.getRouterFunction() == null;
        }
        return mapping instanceof AbstractHandlerMethodMapping<?> methods
                && methods.getHandlerMethods().isEmpty();
    }
}

package dev.meridian.filters.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.canary.Canary;
import dev.meridian.routes.match.GatewayHandlerMapping;
import dev.meridian.routes.match.PreparedFilteringWebHandler;
import dev.meridian.routes.upstream.UpstreamView;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class RouteFirstHandlerTests {

    private final List<String> log = new ArrayList<>();
    private final GlobalCorsProperties cors = new GlobalCorsProperties();
    private final StaticListableBeanFactory beans = new StaticListableBeanFactory();

    // ---- what else could handle a request before the routes

    @Test
    void handle_nothingElseThere_goesStraightToTheRoute() {
        run("/routed");

        assertThat(log).containsExactly("route");
    }

    @Test
    void handle_noRouteMatches_goesToTheDispatcher() {
        run("/unknown");

        assertThat(log).containsExactly("dispatcher");
    }

    @Test
    void handle_controller_letsTheDispatcherDecide() {
        beans.addBean("controllers", controllers(true));

        run("/routed");

        assertThat(log).containsExactly("dispatcher");
    }

    @Test
    void handle_controllersMappingWithoutControllers_goesStraight() {
        beans.addBean("controllers", controllers(false));

        run("/routed");

        assertThat(log).containsExactly("route");
    }

    @Test
    void handle_routerFunction_letsTheDispatcherDecide() {
        RouterFunctionMapping functions = new RouterFunctionMapping(RouterFunctions.route(
                RequestPredicates.GET("/fn"), request -> ServerResponse.ok().build()));
        functions.setOrder(-1);
        beans.addBean("functions", functions);

        run("/routed");

        assertThat(log).containsExactly("dispatcher");
    }

    @Test
    void handle_functionsMappingWithoutFunctions_goesStraight() {
        RouterFunctionMapping functions = new RouterFunctionMapping();
        functions.setOrder(-1);
        beans.addBean("functions", functions);

        run("/routed");

        assertThat(log).containsExactly("route");
    }

    @ParameterizedTest
    @CsvSource({"0, dispatcher", "2, route"})
    void handle_mappingOfAnotherKind_countsWhereItComesBeforeTheRoutes(int order, String expected) {
        SimpleUrlHandlerMapping urls = new SimpleUrlHandlerMapping();
        urls.setOrder(order);
        beans.addBean("urls", urls);

        run("/routed");

        assertThat(log).containsExactly(expected);
    }

    // ---- CORS

    @Test
    void handle_requestOfAnotherOrigin_goesToTheDispatcher() {
        RouteFirstHandler handler = handler();

        handle(handler, MockServerHttpRequest.get("http://gateway/routed").header("Origin", "http://other"));
        handle(handler, MockServerHttpRequest.get("http://gateway/routed").header("Origin", "http://gateway"));
        handle(handler, MockServerHttpRequest.get("http://gateway/routed"));

        assertThat(log).containsExactly("dispatcher", "route", "route");
    }

    @Test
    void handle_globalCors_letsTheDispatcherDecide() {
        cors.getCorsConfigurations().put("/**", new CorsConfiguration());

        run("/routed");

        assertThat(log).containsExactly("dispatcher");
    }

    @Test
    void handle_beforeTheFirstRoutes_goesToTheDispatcher() {
        handle(handler(routes()), MockServerHttpRequest.get("/routed"));

        assertThat(log).containsExactly("dispatcher");
    }

    @Test
    void handle_direct_leavesTheRoutesAttributes() {
        MockServerWebExchange exchange = handle(handler(), MockServerHttpRequest.get("/routed"));

        Route route = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        assertThat(route.getId()).isEqualTo("r");
        assertThat((Object) exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_HANDLER_MAPPER_ATTR))
                .isNotNull();
    }

    private void run(String path) {
        handle(handler(), MockServerHttpRequest.method(HttpMethod.GET, URI.create(path)));
    }

    private static MockServerWebExchange handle(
            RouteFirstHandler handler, MockServerHttpRequest.BaseBuilder<?> request) {
        MockServerWebExchange exchange = MockServerWebExchange.from(request);
        handler.handle(exchange).block(Duration.ofSeconds(5));
        return exchange;
    }

    private RouteFirstHandler handler() {
        GatewayHandlerMapping routes = routes();
        routes.onApplicationEvent(new RefreshRoutesResultEvent(this));
        return handler(routes);
    }

    private RouteFirstHandler handler(GatewayHandlerMapping routes) {
        beans.addBean("routes", routes);
        DispatcherHandler dispatcher = new DispatcherHandler() {
            @Override
            public Mono<Void> handle(ServerWebExchange exchange) {
                log.add("dispatcher");
                return Mono.empty();
            }
        };
        return new RouteFirstHandler(dispatcher, routes, beans.getBeanProvider(HandlerMapping.class));
    }

    private GatewayHandlerMapping routes() {
        Route route = Route.async()
                .id("r")
                .uri("http://up")
                .predicate(exchange -> exchange.getRequest().getPath().value().equals("/routed"))
                .filter((exchange, chain) -> {
                    log.add("route");
                    return Mono.empty();
                })
                .build();
        return new GatewayHandlerMapping(
                new PreparedFilteringWebHandler(List.of(), List.of()),
                () -> Flux.just(route),
                () -> UpstreamView.EMPTY,
                cors,
                new MockEnvironment(),
                new Canary(Map.of(), RandomGenerator.getDefault()));
    }

    private static RequestMappingHandlerMapping controllers(boolean any) {
        StaticApplicationContext context = new StaticApplicationContext();
        if (any) {
            context.registerSingleton("hello", Hello.class);
        }
        context.refresh();
        RequestMappingHandlerMapping mapping = new RequestMappingHandlerMapping();
        mapping.setApplicationContext(context);
        mapping.setOrder(0);
        mapping.afterPropertiesSet();
        return mapping;
    }

    @Controller
    static class Hello {

        @GetMapping("/hello")
        String hello() {
            return "hello";
        }
    }
}

package dev.meridian.gateway.compat;

import java.util.Locale;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** The routes that YAML cannot express, as a user writes them in Java. */
@TestConfiguration(proxyBeanMethods = false)
class StockJavaRoutes {

    /** Factories that only these routes use. */
    static final Set<String> FACTORIES = Set.of("ReadBody", "ModifyRequestBody", "ModifyResponseBody");

    @Bean
    RouteLocator javaRoutes(RouteLocatorBuilder builder, @Value("${compat.first}") String first) {
        return builder.routes()
                .route(
                        "read-body",
                        route -> route.path("/p/read-body")
                                .and()
                                .readBody(String.class, body -> body.contains("hello"))
                                .uri(first))
                .route(
                        "cache-request-body-seen",
                        route -> route.path("/f/cache-request-body-seen")
                                .filters(filters -> filters.cacheRequestBody(String.class)
                                        .filter((exchange, chain) -> chain.filter(exchange.mutate()
                                                .request(request -> request.header(
                                                        "X-Cached",
                                                        exchange.<String>getRequiredAttribute(
                                                                ServerWebExchangeUtils.CACHED_REQUEST_BODY_ATTR)))
                                                .build())))
                                .uri(first))
                .route(
                        "modify-request-body",
                        route -> route.path("/f/modify-request-body")
                                .filters(filters -> filters.modifyRequestBody(
                                        String.class,
                                        Said.class,
                                        MediaType.APPLICATION_JSON_VALUE,
                                        (exchange, body) ->
                                                Mono.just(new Said(upper(body == null ? "nothing" : body)))))
                                .uri(first))
                .route(
                        "modify-response-body",
                        route -> route.path("/f/modify-response-body")
                                .filters(filters -> filters.modifyResponseBody(
                                        String.class,
                                        String.class,
                                        (exchange, body) -> Mono.just(upper(body) + ", " + upper(body))))
                                .uri(first))
                .route(
                        "save-session-with-data",
                        route -> route.path("/f/save-session-with-data")
                                .filters(filters -> filters.filter((exchange, chain) -> exchange.getSession()
                                                .doOnNext(session ->
                                                        session.getAttributes().put("user", "ford"))
                                                .then(chain.filter(exchange)))
                                        .saveSession())
                                .uri(first))
                .build();
    }

    @Bean
    RouterFunction<ServerResponse> localAnswer() {
        return RouterFunctions.route(
                RequestPredicates.GET("/local/answer"),
                request -> ServerResponse.ok().bodyValue("answered here"));
    }

    private static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    record Said(String said) {}
}

package dev.meridian.gateway.compat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.filter.ratelimit.KeyResolver;
import org.springframework.cloud.gateway.filter.ratelimit.RateLimiter;
import org.springframework.cloud.gateway.handler.predicate.AbstractRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What applications add to Spring Cloud Gateway, in the ways that its documentation and most examples show. */
@TestConfiguration(proxyBeanMethods = false)
class OwnBeans {

    @Bean
    @Order(0)
    GlobalFilter stampingBothWays() {
        return (exchange, chain) -> chain.filter(exchange.mutate()
                        .request(request -> request.header("X-Own-Global", "request"))
                        .build())
                .then(Mono.fromRunnable(
                        () -> exchange.getResponse().getHeaders().set("X-Own-Global", "response")));
    }

    @Bean
    @Order(-100)
    GlobalFilter stampingBeforeCommit() {
        return (exchange, chain) -> {
            ServerHttpResponse response = exchange.getResponse();
            response.beforeCommit(() -> {
                response.getHeaders().set("X-Own-Commit", String.valueOf(response.getStatusCode()));
                return Mono.empty();
            });
            return chain.filter(exchange);
        };
    }

    /** Behind the choice of an endpoint, in front of the sending. */
    @Bean
    @Order(RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER + 1000)
    GlobalFilter movingToTheSecond() {
        return (exchange, chain) -> {
            if (exchange.getRequest().getPath().value().equals("/own/moved")) {
                URI url = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
                exchange.getAttributes()
                        .put(
                                ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
                                URI.create(Backends.SECOND.url() + url.getRawPath() + "/to"));
            }
            return chain.filter(exchange);
        };
    }

    @Bean
    WebFilter stampingWebFilter() {
        return (exchange, chain) -> {
            exchange.getResponse().getHeaders().set("X-Own-Web", "web");
            return chain.filter(exchange);
        };
    }

    @Bean
    HttpHeadersFilter ofRequests() {
        return (headers, exchange) -> {
            HttpHeaders changed = new HttpHeaders();
            changed.putAll(headers);
            changed.remove("X-Secret");
            changed.add("X-Own-Headers", "request");
            return changed;
        };
    }

    @Bean
    HttpHeadersFilter ofResponses() {
        return new HttpHeadersFilter() {
            @Override
            public HttpHeaders filter(HttpHeaders headers, ServerWebExchange exchange) {
                HttpHeaders changed = new HttpHeaders();
                changed.putAll(headers);
                changed.remove("X-Secret");
                changed.add("X-Own-Headers", "response");
                return changed;
            }

            @Override
            public boolean supports(Type type) {
                return type == Type.RESPONSE;
            }
        };
    }

    /** In front of Boot's own, as most examples have it. */
    @Bean
    @Order(-2)
    ErrorWebExceptionHandler inFrontOfBoots() {
        return (exchange, error) -> answer(exchange, error, "in front");
    }

    /** In place of Boot's own, which stands back for any bean of this type. */
    @Bean
    ErrorWebExceptionHandler inPlaceOfBoots() {
        return (exchange, error) -> answer(exchange, error, "in place");
    }

    private static Mono<Void> answer(ServerWebExchange exchange, Throwable error, String which) {
        if (!(error instanceof OwnException own) || !own.which.equals(which)) {
            return Mono.error(error);
        }
        exchange.getResponse().setStatusCode(HttpStatus.LOCKED);
        return text(exchange, "handled " + which);
    }

    @Bean
    RouteDefinitionLocator ownRoutes() {
        RouteDefinition route = new RouteDefinition();
        route.setId("own-locator");
        route.setUri(URI.create(Backends.FIRST.url()));
        route.setPredicates(List.of(new PredicateDefinition("Path=/own/locator/**")));
        route.setFilters(List.of(new FilterDefinition("StripPrefix=2")));
        return () -> Flux.just(route);
    }

    @Bean
    OwnTenantRoutePredicateFactory ownTenant() {
        return new OwnTenantRoutePredicateFactory();
    }

    @Bean
    OwnStampGatewayFilterFactory ownStamp() {
        return new OwnStampGatewayFilterFactory();
    }

    @Bean
    OwnRefuseGatewayFilterFactory ownRefuse() {
        return new OwnRefuseGatewayFilterFactory();
    }

    @Bean
    OwnThrowGatewayFilterFactory ownThrow() {
        return new OwnThrowGatewayFilterFactory();
    }

    @Bean
    OwnBodyGatewayFilterFactory ownBody() {
        return new OwnBodyGatewayFilterFactory();
    }

    @Bean
    OwnUpperCaseGatewayFilterFactory ownUpperCase() {
        return new OwnUpperCaseGatewayFilterFactory();
    }

    @Bean
    KeyResolver clientKey() {
        return exchange -> Mono.justOrEmpty(exchange.getRequest().getHeaders().getFirst("X-Client"));
    }

    @Bean
    TwoEach twoEach() {
        return new TwoEach();
    }

    private static Mono<Void> text(ServerWebExchange exchange, String text) {
        ServerHttpResponse response = exchange.getResponse();
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    static final class OwnException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String which;

        OwnException(String which) {
            super(which);
            this.which = which;
        }
    }

    /** {@code OwnTenant=a,b}: the field {@code X-Tenant} names one of these. */
    static final class OwnTenantRoutePredicateFactory
            extends AbstractRoutePredicateFactory<OwnTenantRoutePredicateFactory.Tenants> {

        OwnTenantRoutePredicateFactory() {
            super(Tenants.class);
        }

        @Override
        public List<String> shortcutFieldOrder() {
            return List.of("tenants");
        }

        @Override
        public ShortcutType shortcutType() {
            return ShortcutType.GATHER_LIST;
        }

        @Override
        public Predicate<ServerWebExchange> apply(Tenants config) {
            return exchange -> {
                String tenant = exchange.getRequest().getHeaders().getFirst("X-Tenant");
                return tenant != null && config.tenants.contains(tenant);
            };
        }

        static final class Tenants {

            private List<String> tenants = List.of();

            public List<String> getTenants() {
                return tenants;
            }

            public void setTenants(List<String> tenants) {
                this.tenants = tenants;
            }
        }
    }

    /** {@code OwnStamp=field, value}: adds a field to the request and to the response. */
    static final class OwnStampGatewayFilterFactory
            extends AbstractGatewayFilterFactory<OwnStampGatewayFilterFactory.Stamp> {

        OwnStampGatewayFilterFactory() {
            super(Stamp.class);
        }

        @Override
        public List<String> shortcutFieldOrder() {
            return List.of("field", "value");
        }

        @Override
        public GatewayFilter apply(Stamp config) {
            return (exchange, chain) -> chain.filter(exchange.mutate()
                            .request(request -> request.headers(headers -> headers.add(config.field, config.value)))
                            .build())
                    .then(Mono.fromRunnable(
                            () -> exchange.getResponse().getHeaders().add(config.field, config.value)));
        }

        static final class Stamp {

            private String field = "";
            private String value = "";

            public String getField() {
                return field;
            }

            public void setField(String field) {
                this.field = field;
            }

            public String getValue() {
                return value;
            }

            public void setValue(String value) {
                this.value = value;
            }
        }
    }

    /** Answers by itself, as filters that check credentials do: with a body if the request asks for one. */
    static final class OwnRefuseGatewayFilterFactory
            extends AbstractGatewayFilterFactory<AbstractGatewayFilterFactory.NameConfig> {

        OwnRefuseGatewayFilterFactory() {
            super(NameConfig.class);
        }

        @Override
        public List<String> shortcutFieldOrder() {
            return List.of(NAME_KEY);
        }

        @Override
        public GatewayFilter apply(NameConfig config) {
            return (exchange, chain) -> {
                exchange.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
                exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
                return exchange.getRequest().getQueryParams().containsKey("body")
                        ? text(exchange, "who are you")
                        : exchange.getResponse().setComplete();
            };
        }
    }

    /** {@code OwnThrow=STATUS}, or {@code OwnThrow=which} for an exception of the application. */
    static final class OwnThrowGatewayFilterFactory
            extends AbstractGatewayFilterFactory<AbstractGatewayFilterFactory.NameConfig> {

        OwnThrowGatewayFilterFactory() {
            super(NameConfig.class);
        }

        @Override
        public List<String> shortcutFieldOrder() {
            return List.of(NAME_KEY);
        }

        @Override
        public GatewayFilter apply(NameConfig config) {
            String name = String.valueOf(config.getName());
            return (exchange, chain) -> Mono.error(
                    name.startsWith("in ")
                            ? new OwnException(name)
                            : new ResponseStatusException(HttpStatus.valueOf(name), "taken"));
        }
    }

    /** {@code OwnBody=text}: sends another body, and leaves its framing to whoever sends it. */
    static final class OwnBodyGatewayFilterFactory
            extends AbstractGatewayFilterFactory<AbstractGatewayFilterFactory.NameConfig> {

        OwnBodyGatewayFilterFactory() {
            super(NameConfig.class);
        }

        @Override
        public List<String> shortcutFieldOrder() {
            return List.of(NAME_KEY);
        }

        @Override
        public GatewayFilter apply(NameConfig config) {
            return (exchange, chain) -> DataBufferUtils.join(
                            exchange.getRequest().getBody())
                    .doOnNext(DataBufferUtils::release)
                    .then(Mono.defer(() -> chain.filter(exchange.mutate()
                            .request(new OtherBody(exchange, String.valueOf(config.getName())))
                            .build())));
        }

        private static final class OtherBody extends ServerHttpRequestDecorator {

            private final ServerWebExchange exchange;
            private final String text;

            OtherBody(ServerWebExchange exchange, String text) {
                super(exchange.getRequest());
                this.exchange = exchange;
                this.text = text;
            }

            @Override
            public HttpHeaders getHeaders() {
                HttpHeaders headers = new HttpHeaders();
                headers.putAll(super.getHeaders());
                headers.remove(HttpHeaders.CONTENT_LENGTH);
                return headers;
            }

            @Override
            public Flux<DataBuffer> getBody() {
                return Flux.defer(() ->
                        Flux.just(exchange.getResponse().bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8))));
            }
        }
    }

    /** Changes the response's body in the way that most examples do: by a decorator of {@code writeWith} alone. */
    static final class OwnUpperCaseGatewayFilterFactory extends AbstractGatewayFilterFactory<Object> {

        OwnUpperCaseGatewayFilterFactory() {
            super(Object.class);
        }

        @Override
        public GatewayFilter apply(Object config) {
            return new OrderedGatewayFilter(
                    (exchange, chain) -> chain.filter(exchange.mutate()
                            .response(new UpperCase(exchange.getResponse()))
                            .build()),
                    NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 1);
        }

        private static final class UpperCase extends ServerHttpResponseDecorator {

            UpperCase(ServerHttpResponse response) {
                super(response);
            }

            @Override
            public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
                return super.writeWith(Flux.from(body).map(part -> {
                    String text = part.toString(StandardCharsets.UTF_8);
                    DataBufferUtils.release(part);
                    return bufferFactory().wrap(text.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
                }));
            }
        }
    }

    /** Two requests for each client, and then no more. */
    static final class TwoEach implements RateLimiter<TwoEach.Unused> {

        private final Map<String, Integer> counts = new ConcurrentHashMap<>();

        @Override
        public Mono<Response> isAllowed(String routeId, String id) {
            int count = counts.merge(routeId + "/" + id, 1, Integer::sum);
            return Mono.just(new Response(count <= 2, Map.of("X-RateLimit-Remaining", "" + Math.max(0, 2 - count))));
        }

        @Override
        public Map<String, Unused> getConfig() {
            return Map.of();
        }

        @Override
        public Class<Unused> getConfigClass() {
            return Unused.class;
        }

        @Override
        public Unused newConfig() {
            return new Unused();
        }

        static final class Unused {}
    }
}

package dev.meridian.routes.match;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.canary.Canary;
import dev.meridian.routes.upstream.UpstreamView;
import dev.meridian.testkit.random.SeededRandom;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.handler.predicate.CookieRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.HeaderRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.HostRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.MethodRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.handler.predicate.QueryRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.WeightRoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.http.HttpMethod;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The index against the stock mapping, with stock predicates as the stock locator makes them. */
class RouteIndexTests {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int TABLES = 400;
    private static final int REQUESTS = 250;

    private static final String[] SEGMENTS = {"a", "b", "c", "ab", "{x}", "{y:[ab]+}", "*", "a*", "?", "é", "a.b"};
    private static final String[] HOSTS = {
        "a.example.com",
        "b.example.com",
        "*.example.com",
        "**.example.com",
        "{sub}.example.com",
        "a.*.com",
        "a.example.com:8080",
        "a..example.com",
        "example.com",
        "**",
        "a?.example.com"
    };
    private static final String[] REQUEST_SEGMENTS = {"a", "b", "c", "ab", "%61", "a;v=1", "%C3%A9", "a.b", "x%2Fy"};
    private static final String[] REQUEST_HOSTS = {
        "a.example.com", "b.example.com", "A.example.com", "x.y.example.com", "example.com", "a.example.com:8080",
        "a..example.com", ".example.com", "a.b.com", "a.example.com.", "ab.example.com", ""
    };

    @Test
    void candidates_randomTablesAndRequests_findWhatTheStockMappingFinds() {
        int matched = 0;
        for (int table = 0; table < TABLES; table++) {
            SeededRandom random = new SeededRandom(table);
            List<RouteDefinition> definitions = table(random);
            Mapping stock = new Stock(definitions);
            Mapping own = new Own(definitions);
            for (int i = 0; i < REQUESTS; i++) {
                MockServerHttpRequest request = request(random);
                Map<String, String> weights = Map.of("g", "r" + random.nextInt(definitions.size()));

                String expected = stock.outcome(request, weights);

                assertThat(own.outcome(request, weights))
                        .as(
                                "seed %d, %s %s, Host %s",
                                table, request.getMethod(), request.getURI(), request.getHeaders())
                        .isEqualTo(expected);
                if (!expected.startsWith("none")) {
                    matched++;
                }
            }
        }
        assertThat(matched).as("requests that matched at all").isGreaterThan(TABLES * REQUESTS / 4);
    }

    /** Groups that nobody has chosen in yet: the stock mapping, told of the choice that was made, finds the same. */
    @Test
    void candidates_choicesOfItsOwn_areWhatTheStockMappingWouldFollow() {
        int weighted = 0;
        for (int table = 0; table < TABLES; table++) {
            SeededRandom random = new SeededRandom(table);
            List<RouteDefinition> definitions = table(random);
            Mapping stock = new Stock(definitions);
            Mapping own = new Own(definitions);
            for (int i = 0; i < REQUESTS / 5; i++) {
                MockServerHttpRequest request = request(random);
                MockServerWebExchange exchange = MockServerWebExchange.from(request);

                String found = own.outcome(exchange);

                Map<String, String> chosen = exchange.getAttribute(ServerWebExchangeUtils.WEIGHT_ATTR);
                // Where no weighted route was looked at, whatever the choice is makes no difference.
                String choice = chosen == null
                        ? "r" + random.nextInt(definitions.size())
                        : chosen.getOrDefault("g", "none has a weight");
                assertThat(stock.outcome(request, Map.of("g", choice)))
                        .as(
                                "seed %d, %s %s, Host %s, choice %s",
                                table, request.getMethod(), request.getURI(), request.getHeaders(), choice)
                        .isEqualTo(found);
                if (choice.equals(found.substring(0, found.indexOf(' ')))) {
                    weighted++;
                }
            }
        }
        assertThat(weighted).as("requests on a route of their group").isGreaterThan(TABLES);
    }

    @Test
    void candidates_oneOfTenThousandByPath_isTheOnlyOneAsked() {
        List<RouteDefinition> definitions = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            definitions.add(route("r" + i, "Path=/s" + i + "/**"));
        }
        assertThat(asked(definitions, "/s7777/x", "h")).containsExactly(7777);
    }

    @Test
    void candidates_oneOfTenThousandByHost_isTheOnlyOneAsked() {
        List<RouteDefinition> definitions = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            definitions.add(route("r" + i, "Host=t" + i + ".example.com", "Path=/**"));
        }
        assertThat(asked(definitions, "/x", "t4321.example.com")).containsExactly(4321);
        assertThat(asked(definitions, "/x", "other.example.com")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // predicates                             | asked for GET /b with Host h
                "Path=/a                                  | false",
                "Path=/b                                  | true",
                "Method=POST; Path=/a                     | false",
                "Header=X-A; Query=q; Path=/a             | false",
                "Host=other; Path=/b                      | false",
                "Path=/b; Host=other                      | true",
                "Host={x}.other; Path=/b                  | false",
                "Host={x}; Path=/a                        | true",
                "Path=/a,/b                               | true",
                "Weight=g,1; Path=/a                      | false",
                "Method=GET                               | true",
                "''                                       | true",
            })
    void candidates_ofOneRoute_leaveOutWhatCannotMatchAndLeavesNoTrace(String predicates, boolean expected) {
        String[] each = predicates.isEmpty() ? new String[0] : predicates.split("; ");

        assertThat(asked(List.of(route("r0", each)), "/b", "h").contains(0)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"//a", "/a//b", "a", "*"})
    void candidates_oddPath_areAllRoutes(String path) {
        assertThat(asked(List.of(route("r0", "Path=/x"), route("r1", "Path=/y")), path, "h"))
                .containsExactly(0, 1);
    }

    @Test
    void candidates_deepPath_areAllRoutes() {
        assertThat(asked(List.of(route("r0", "Path=/x")), "/a".repeat(40), "h")).containsExactly(0);
    }

    @Test
    void candidates_customPredicate_isAskedForEveryRequest() {
        Route route = Route.async()
                .id("own")
                .uri("http://localhost")
                .predicate(exchange -> true)
                .build();

        assertThat(RouteCondition.of(route)).isEqualTo(new RouteCondition(null, null));
    }

    @Test
    void condition_eitherOr_isNone() {
        PathRoutePredicateFactory paths = new PathRoutePredicateFactory(new WebFluxProperties());
        Route route = Route.async()
                .id("or")
                .uri("http://localhost")
                .asyncPredicate(paths.applyAsync(config -> config.setPatterns(List.of("/a")))
                        .or(paths.applyAsync(config -> config.setPatterns(List.of("/b")))))
                .build();

        assertThat(RouteCondition.of(route)).isEqualTo(new RouteCondition(null, null));
    }

    private static List<Integer> asked(List<RouteDefinition> definitions, String path, String host) {
        List<PreparedRoute> prepared = routes(definitions).stream()
                .map(route -> new PreparedRoute(route, each -> List.of()))
                .toList();
        RouteIndex index = new RouteIndex(prepared, UpstreamView.EMPTY, true, true);
        MockServerWebExchange exchange = MockServerWebExchange.from(
                MockServerHttpRequest.method(HttpMethod.GET, URI.create(path)).header("Host", host));
        Candidates candidates = index.candidates(exchange);
        List<Integer> numbers = new ArrayList<>();
        for (int next = candidates.next(); next >= 0; next = candidates.next()) {
            numbers.add(next);
        }
        return numbers;
    }

    // ---- random tables and requests

    private static List<RouteDefinition> table(SeededRandom random) {
        List<RouteDefinition> definitions = new ArrayList<>();
        int size = 1 + random.nextInt(30);
        while (definitions.size() < size) {
            RouteDefinition definition = route("r" + definitions.size(), predicates(random));
            definition.setOrder(random.nextInt(3));
            definitions.add(definition);
        }
        return definitions;
    }

    private static String[] predicates(SeededRandom random) {
        List<String> predicates = new ArrayList<>();
        if (random.nextInt(10) > 0) {
            predicates.add("Path=" + patterns(random));
        }
        if (random.nextInt(3) == 0) {
            predicates.add("Host=" + pick(random, HOSTS) + (random.nextBoolean() ? "" : "," + pick(random, HOSTS)));
        }
        if (random.nextInt(4) == 0) {
            predicates.add("Method=" + (random.nextBoolean() ? "GET" : "POST,PUT"));
        }
        if (random.nextInt(6) == 0) {
            predicates.add("Header=X-A, [ab]");
        }
        if (random.nextInt(6) == 0) {
            predicates.add("Query=q");
        }
        if (random.nextInt(8) == 0) {
            predicates.add("Weight=g, 5");
        }
        Collections.shuffle(predicates, new java.util.Random(random.nextLong()));
        return predicates.toArray(new String[0]);
    }

    private static String patterns(SeededRandom random) {
        List<String> patterns = new ArrayList<>();
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            StringBuilder pattern = new StringBuilder();
            int depth = random.nextInt(4);
            for (int s = 0; s < depth; s++) {
                // A variable may be named once only.
                pattern.append('/')
                        .append(pick(random, SEGMENTS).replace("x", "x" + s).replace("y", "y" + s));
            }
            String[] ends = {"", "", "/", "/**", "/{*rest}"};
            pattern.append(pick(random, ends));
            patterns.add(pattern.isEmpty() ? "/" : pattern.toString());
        }
        return String.join(",", patterns);
    }

    private static MockServerHttpRequest request(SeededRandom random) {
        StringBuilder path = new StringBuilder();
        int depth = random.nextInt(5);
        for (int s = 0; s < depth; s++) {
            path.append('/').append(pick(random, REQUEST_SEGMENTS));
        }
        String[] ends = {"", "", "", "/", "//", "//a"};
        path.append(pick(random, ends));
        if (path.isEmpty()) {
            path.append('/');
        }
        String uri = "http://gateway" + path + (random.nextInt(3) == 0 ? "?q=1" : "");
        MockServerHttpRequest.BodyBuilder request = MockServerHttpRequest.method(
                random.nextInt(3) == 0 ? HttpMethod.POST : HttpMethod.GET, URI.create(uri));
        String host = pick(random, REQUEST_HOSTS);
        if (!host.isEmpty()) {
            request.header("Host", host);
        }
        if (random.nextInt(3) == 0) {
            request.header("X-A", random.nextBoolean() ? "a" : "c");
        }
        return request.build();
    }

    private static String pick(SeededRandom random, String[] from) {
        return from[random.nextInt(from.length)];
    }

    private static RouteDefinition route(String id, String... predicates) {
        RouteDefinition definition = new RouteDefinition();
        definition.setId(id);
        definition.setUri(URI.create("http://localhost"));
        for (String predicate : predicates) {
            definition.getPredicates().add(new PredicateDefinition(predicate.trim()));
        }
        return definition;
    }

    private static List<Route> routes(List<RouteDefinition> definitions) {
        StaticApplicationContext context = new StaticApplicationContext();
        context.refresh();
        ConfigurationService binding = new ConfigurationService(
                new DefaultListableBeanFactory(), DefaultConversionService::getSharedInstance, () -> null);
        binding.setApplicationEventPublisher(context);
        RouteLocator locator = new RouteDefinitionRouteLocator(
                () -> Flux.fromIterable(definitions),
                List.of(
                        new PathRoutePredicateFactory(new WebFluxProperties()),
                        new HostRoutePredicateFactory(),
                        new MethodRoutePredicateFactory(),
                        new HeaderRoutePredicateFactory(),
                        new CookieRoutePredicateFactory(),
                        new QueryRoutePredicateFactory(),
                        new WeightRoutePredicateFactory()),
                List.of(),
                new GatewayProperties(),
                binding);
        return locator.getRoutes()
                .sort(org.springframework.core.annotation.AnnotationAwareOrderComparator.INSTANCE)
                .collectList()
                .blockOptional(SOON)
                .orElseThrow();
    }

    /** What a mapping makes of a request: which route, and what it leaves on the exchange for filters to read. */
    private interface Mapping {

        Mono<Route> lookup(ServerWebExchange exchange);

        default String outcome(MockServerHttpRequest request, Map<String, String> weights) {
            MockServerWebExchange exchange = MockServerWebExchange.from(request);
            exchange.getAttributes().put(ServerWebExchangeUtils.WEIGHT_ATTR, weights);
            return outcome(exchange);
        }

        default String outcome(MockServerWebExchange exchange) {
            String route =
                    lookup(exchange).map(Route::getId).blockOptional(SOON).orElse("none");
            return route
                    + " " + new TreeMap<>(ServerWebExchangeUtils.getUriTemplateVariables(exchange))
                    + " " + exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_PREDICATE_MATCHED_PATH_ATTR)
                    + " " + exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_PREDICATE_MATCHED_PATH_ROUTE_ID_ATTR);
        }
    }

    private static final class Stock extends RoutePredicateHandlerMapping implements Mapping {

        Stock(List<RouteDefinition> definitions) {
            super(
                    new FilteringWebHandler(List.of(), false),
                    fixed(definitions),
                    new GlobalCorsProperties(),
                    new MockEnvironment());
        }

        @Override
        public Mono<Route> lookup(ServerWebExchange exchange) {
            return lookupRoute(exchange);
        }
    }

    private static final class Own implements Mapping {

        private final GatewayHandlerMapping mapping;

        Own(List<RouteDefinition> definitions) {
            RouteLocator locator = fixed(definitions);
            mapping = new GatewayHandlerMapping(
                    new PreparedFilteringWebHandler(List.of(), List.of()),
                    locator,
                    () -> UpstreamView.EMPTY,
                    new GlobalCorsProperties(),
                    new MockEnvironment(),
                    new Canary(Map.of(), new SeededRandom(1)));
            mapping.onApplicationEvent(new RefreshRoutesResultEvent(locator));
        }

        @Override
        public Mono<Route> lookup(ServerWebExchange exchange) {
            return mapping.lookupRoute(exchange);
        }
    }

    private static RouteLocator fixed(List<RouteDefinition> definitions) {
        List<Route> routes = routes(definitions);
        return () -> Flux.fromIterable(routes);
    }
}

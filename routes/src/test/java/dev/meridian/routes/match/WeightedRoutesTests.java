package dev.meridian.routes.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.meridian.routes.canary.Canary;
import dev.meridian.routes.upstream.UpstreamView;
import dev.meridian.testkit.random.SeededRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.handler.AsyncPredicate;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.WeightRoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;

/** Stock {@code Weight} predicates, which nothing but the mapping makes choices for. */
class WeightedRoutesTests {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int REQUESTS = 5_000;

    private final AtomicInteger draws = new AtomicInteger();
    private final SeededRandom seeded = new SeededRandom(11);
    private volatile List<Route> routes = List.of();
    private final GatewayHandlerMapping mapping = new GatewayHandlerMapping(
            new PreparedFilteringWebHandler(List.of(), List.of()),
            () -> Flux.defer(() -> Flux.fromIterable(routes)),
            () -> UpstreamView.EMPTY,
            new GlobalCorsProperties(),
            new MockEnvironment(),
            new Canary(Map.of(), () -> {
                draws.incrementAndGet();
                return seeded.nextLong();
            }));

    @Test
    void lookup_noWeightedRouteOnTheWay_costsNothing() {
        use(weighted("a", "/a", "g", 1), weighted("b", "/a", "g", 1), plain("c", "/c"));
        MockServerWebExchange exchange = exchange("/c");

        assertThat(route(exchange)).isEqualTo("c");

        assertThat(exchange.getAttributes()).doesNotContainKey(ServerWebExchangeUtils.WEIGHT_ATTR);
        assertThat(draws).hasValue(0);
    }

    @Test
    void lookup_twoGroups_drawsForTheOneThatIsTouched() {
        use(
                weighted("a", "/a", "g", 1),
                weighted("b", "/a", "g", 1),
                weighted("c", "/c", "h", 1),
                weighted("d", "/c", "h", 1));

        assertThat(route(exchange("/a"))).isIn("a", "b");

        assertThat(draws).hasValue(1);
    }

    @Test
    void lookup_manyRequests_areSharedAsTheWeightsSay() {
        use(weighted("a", "/a", "g", 70), weighted("b", "/a", "g", 20), weighted("c", "/a", "g", 10));

        assertShares(Map.of("a", 0.7, "b", 0.2, "c", 0.1));
    }

    @Test
    void refresh_routeRemoved_leavesItsShareToTheOthers() {
        use(weighted("a", "/a", "g", 60), weighted("b", "/a", "g", 20), weighted("c", "/a", "g", 20));
        assertShares(Map.of("a", 0.6, "b", 0.2, "c", 0.2));

        routes = List.of(routes.get(0), routes.get(1));
        refresh();

        assertShares(Map.of("a", 0.75, "b", 0.25));
    }

    @Test
    void refresh_weightsChanged_countFromThenOn() {
        use(weighted("a", "/a", "g", 100), weighted("b", "/a", "g", 0));
        assertShares(Map.of("a", 1.0));

        use(weighted("a", "/a", "g", 50), weighted("b", "/a", "g", 50));

        assertShares(Map.of("a", 0.5, "b", 0.5));
    }

    @Test
    void lookup_noWeightAboveZero_matchesNone() {
        use(weighted("a", "/a", "g", 0), weighted("b", "/a", "g", 0));

        assertThat(route(exchange("/a"))).isEqualTo("none");
    }

    @Test
    void lookup_choiceMadeByAFilterBefore_isFollowed() {
        use(weighted("a", "/a", "g", 100), weighted("b", "/a", "g", 0));
        MockServerWebExchange exchange = exchange("/a");
        exchange.getAttributes().put(ServerWebExchangeUtils.WEIGHT_ATTR, Map.of("g", "b"));

        assertThat(route(exchange)).isEqualTo("b");
    }

    /** As after {@code forward:}, or where the dispatcher asks once more. */
    @Test
    void lookup_twiceForOneExchange_choosesOnce() {
        use(weighted("a", "/a", "g", 1), weighted("b", "/a", "g", 1));
        for (int i = 0; i < 50; i++) {
            MockServerWebExchange exchange = exchange("/a");

            assertThat(route(exchange)).isEqualTo(route(exchange));
        }
    }

    // ---- helpers

    private void assertShares(Map<String, Double> expected) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < REQUESTS; i++) {
            counts.merge(route(exchange("/a")), 1, Integer::sum);
        }
        assertThat(counts).containsOnlyKeys(expected.keySet());
        expected.forEach((route, share) -> assertThat(counts.getOrDefault(route, 0) / (double) REQUESTS)
                .as("%s of %s", route, counts)
                .isCloseTo(share, within(share / 10)));
    }

    private String route(ServerWebExchange exchange) {
        return mapping.lookupRoute(exchange)
                .map(Route::getId)
                .blockOptional(SOON)
                .orElse("none");
    }

    private void use(Route... table) {
        routes = List.of(table);
        refresh();
    }

    private void refresh() {
        mapping.onApplicationEvent(new RefreshRoutesResultEvent(this));
    }

    private static MockServerWebExchange exchange(String path) {
        return MockServerWebExchange.from(MockServerHttpRequest.get(path));
    }

    private static Route weighted(String id, String path, String group, int weight) {
        return route(
                id,
                path(path)
                        .and(new WeightRoutePredicateFactory()
                                .applyAsync(config -> config.setGroup(group).setWeight(weight))));
    }

    private static Route plain(String id, String path) {
        return route(id, path(path));
    }

    private static AsyncPredicate<ServerWebExchange> path(String path) {
        return new PathRoutePredicateFactory(new WebFluxProperties())
                .applyAsync(config -> config.setPatterns(List.of(path)));
    }

    private static Route route(String id, AsyncPredicate<ServerWebExchange> predicate) {
        return Route.async()
                .id(id)
                .uri("http://localhost")
                .asyncPredicate(predicate)
                .build();
    }
}

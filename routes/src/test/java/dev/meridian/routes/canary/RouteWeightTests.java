package dev.meridian.routes.canary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.handler.AsyncPredicate;
import org.springframework.cloud.gateway.handler.predicate.GatewayPredicate;
import org.springframework.cloud.gateway.handler.predicate.MethodRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.WeightRoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.WeightConfig;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Also of predicates as the Java DSL combines them. */
class RouteWeightTests {

    private static final AsyncPredicate<ServerWebExchange> METHOD = new MethodRoutePredicateFactory()
            .applyAsync((MethodRoutePredicateFactory.Config config) -> config.setMethods(HttpMethod.GET));

    @Test
    void of_noWeight_isNone() {
        assertThat(RouteWeight.of(route(METHOD))).isEmpty();
        assertThat(RouteWeight.of(route(exchange -> Mono.just(true)))).isEmpty();
        assertThat(RouteWeight.of(route(AsyncPredicate.from(exchange -> true)))).isEmpty();
    }

    @Test
    void of_weight_carriesTheRoutesOwnId() {
        assertThat(RouteWeight.of(route(weight("g", 5)))).containsExactly(new RouteWeight("g", "r", 5));
    }

    @Test
    void of_combinations_areSearched() {
        RouteWeight expected = new RouteWeight("g", "r", 5);

        assertThat(RouteWeight.of(route(METHOD.and(weight("g", 5))))).containsExactly(expected);
        assertThat(RouteWeight.of(route(METHOD.or(weight("g", 5))))).containsExactly(expected);
        assertThat(RouteWeight.of(route(METHOD.and(weight("g", 5).negate())))).containsExactly(expected);
        assertThat(RouteWeight.of(route(AsyncPredicate.from(
                        GatewayPredicate.wrapIfNeeded(exchange -> true).and(plain("g", 5))))))
                .containsExactly(expected);
        assertThat(RouteWeight.of(route(AsyncPredicate.from(plain("g", 5).negate()))))
                .containsExactly(expected);
    }

    @Test
    void of_severalGroups_areAllThere() {
        assertThat(RouteWeight.of(route(weight("g", 5).and(weight("h", 6)))))
                .containsExactly(new RouteWeight("g", "r", 5), new RouteWeight("h", "r", 6));
    }

    @Test
    void groups_sameRouteTwice_theLaterCounts() {
        WeightedGroups groups = WeightedGroups.of(
                List.of(new RouteWeight("g", "a", 1), new RouteWeight("g", "b", 1), new RouteWeight("g", "a", 0)));

        WeightedGroup group = Objects.requireNonNull(groups.find("g"));

        assertThat(group.at(0)).isEqualTo("b");
    }

    private static Route route(AsyncPredicate<ServerWebExchange> predicate) {
        return Route.async()
                .id("r")
                .uri("http://localhost")
                .asyncPredicate(predicate)
                .build();
    }

    private static AsyncPredicate<ServerWebExchange> weight(String group, int weight) {
        return new WeightRoutePredicateFactory().applyAsync(config(group, weight));
    }

    private static GatewayPredicate plain(String group, int weight) {
        return (GatewayPredicate) new WeightRoutePredicateFactory().apply(config(group, weight));
    }

    private static Consumer<WeightConfig> config(String group, int weight) {
        return config -> config.setGroup(group).setRouteId("of the builder").setWeight(weight);
    }
}

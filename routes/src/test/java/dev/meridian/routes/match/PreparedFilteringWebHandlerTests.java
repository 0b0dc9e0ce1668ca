package dev.meridian.routes.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.testkit.random.SeededRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

class PreparedFilteringWebHandlerTests {

    private final List<String> log = new ArrayList<>();

    @RepeatedTest(50)
    void handle_randomOrders_runsTheFiltersInTheStockOrder(RepetitionInfo repetition) {
        SeededRandom random = new SeededRandom(repetition.getCurrentRepetition());
        List<GlobalFilter> global = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            global.add(
                    switch (random.nextInt(4)) {
                        case 0 -> new Unordered("global " + i);
                        case 1 -> new Annotated("annotated " + i);
                        default -> new WithOrder("ordered " + i, order(random));
                    });
        }
        List<GatewayFilter> own = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            GatewayFilter filter = logging("route " + i);
            own.add(random.nextBoolean() ? filter : new OrderedGatewayFilter(filter, order(random)));
        }
        Route route = route(own);

        List<String> stock = run(new FilteringWebHandler(global, false), route);
        List<String> prepared = run(new PreparedFilteringWebHandler(global, List.of()), route);

        assertThat(prepared).isEqualTo(stock).hasSize(global.size() + own.size());
    }

    @Test
    void handle_replacedFilters_areLeftOutWhereverTheyStand() {
        List<GlobalFilter> global = List.of(
                new Unordered("kept"),
                new Replaced("replaced"),
                new WithOrder("kept too", -5),
                new ReplacedWithOrder("replaced too", -4));
        List<ReplacedFilters> replaced = List.of(
                new ReplacedFilters(Set.of(Replaced.class)), new ReplacedFilters(Set.of(ReplacedWithOrder.class)));

        assertThat(run(new PreparedFilteringWebHandler(global, replaced), route(List.of(logging("route's")))))
                .containsExactlyInAnyOrder("kept", "kept too", "route's");
    }

    @Test
    void handle_subclassOfAReplacedFilter_isSomebodyElsesAndStays() {
        GlobalFilter extended = new WithOrder("extended", 0) {};

        assertThat(run(
                        new PreparedFilteringWebHandler(
                                List.of(extended, new WithOrder("plain", 1)),
                                List.of(new ReplacedFilters(Set.of(WithOrder.class)))),
                        route(List.of())))
                .containsExactly("extended");
    }

    @Test
    void handle_routePreparedByOurMapping_runsItsChain() {
        Route route = route(List.of(logging("own")));
        PreparedRoute prepared = new PreparedRoute(route, r -> List.of(logging("prepared")));
        ServerWebExchange exchange = exchange(route);
        GatewayExchange.require(exchange.getAttributes()).target(prepared);

        handle(new PreparedFilteringWebHandler(List.of(), List.of()), exchange);

        assertThat(log).containsExactly("prepared");
    }

    @Test
    void handle_anotherRouteThanThePreparedOne_runsThatRoutesFilters() {
        PreparedRoute other = new PreparedRoute(route(List.of()), r -> List.of(logging("prepared for another")));
        ServerWebExchange exchange = exchange(route(List.of(logging("own"))));
        GatewayExchange.require(exchange.getAttributes()).target(other);

        handle(new PreparedFilteringWebHandler(List.of(new Unordered("global")), List.of()), exchange);

        assertThat(log).containsExactlyInAnyOrder("global", "own");
    }

    @Test
    void handle_noRoute_isRefused() {
        ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> handle(new PreparedFilteringWebHandler(List.of(), List.of()), exchange))
                .withMessageContaining(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
    }

    @Test
    void preparedRoute_chain_isMadeOnce() {
        List<String> combined = new ArrayList<>();
        PreparedRoute prepared = new PreparedRoute(route(List.of()), r -> {
            combined.add(r.getId());
            return List.of();
        });

        assertThat(combined).as("before the first request").isEmpty();
        assertThat(prepared.chain()).isSameAs(prepared.chain());
        assertThat(combined).hasSize(1);
    }

    private List<String> run(WebHandler handler, Route route) {
        log.clear();
        handle(handler, exchange(route));
        return List.copyOf(log);
    }

    private static void handle(WebHandler handler, ServerWebExchange exchange) {
        handler.handle(exchange).block(Duration.ofSeconds(5));
    }

    private static ServerWebExchange exchange(Route route) {
        ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, route);
        return exchange;
    }

    private static Route route(List<GatewayFilter> filters) {
        return Route.async()
                .id("r")
                .uri("http://r")
                .predicate(e -> true)
                .filters(filters)
                .build();
    }

    /** Few values, so that many are equal. */
    private static int order(SeededRandom random) {
        return switch (random.nextInt(5)) {
            case 0 -> Ordered.HIGHEST_PRECEDENCE;
            case 1 -> Ordered.LOWEST_PRECEDENCE;
            default -> random.nextInt(-3, 4);
        };
    }

    private GatewayFilter logging(String name) {
        return (e, next) -> {
            log.add(name);
            return next.filter(e);
        };
    }

    private class Unordered implements GlobalFilter {

        private final String name;

        Unordered(String name) {
            this.name = name;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
            log.add(name);
            return chain.filter(exchange);
        }
    }

    @Order(1)
    private class Annotated extends Unordered {

        Annotated(String name) {
            super(name);
        }
    }

    private class Replaced extends Unordered {

        Replaced(String name) {
            super(name);
        }
    }

    private class WithOrder extends Unordered implements Ordered {

        private final int order;

        WithOrder(String name, int order) {
            super(name);
            this.order = order;
        }

        @Override
        public int getOrder() {
            return order;
        }
    }

    private class ReplacedWithOrder extends WithOrder {

        ReplacedWithOrder(String name, int order) {
            super(name, order);
        }
    }
}

package dev.meridian.filters.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.problem.OverloadException;
import dev.meridian.routes.exchange.FilterOrder;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class OverloadFilterTests {

    private static final Duration MOST = Duration.ofSeconds(5);

    private final OverloadLimits limits = new OverloadLimits(written(2, Map.of("orders", 1)));
    private final OverloadFilter outer = new OverloadFilter(limits, System::nanoTime);
    private final UpstreamLimitFilter inner = new UpstreamLimitFilter(limits, System::nanoTime);
    private final ServerWebExchange exchange = exchange("lb://orders");

    private static WrittenLimits written(@Nullable Integer gateway, Map<String, Integer> upstreams) {
        Map<String, LimitSettings> settings = new HashMap<>();
        upstreams.forEach((name, max) -> settings.put(name, new LimitSettings(max, false)));
        return new WrittenLimits(gateway == null ? null : new LimitSettings(gateway, false), settings);
    }

    private static ServerWebExchange exchange(String url) {
        MockServerWebExchange made = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
        made.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, URI.create(url));
        return made;
    }

    private Mono<Void> filter(ServerWebExchange each, GatewayFilterChain chain) {
        return outer.filter(each, e -> Mono.defer(() -> inner.filter(e, chain)));
    }

    private List<Integer> inUse() {
        List<Integer> all = new ArrayList<>();
        ConcurrencyLimit gateway = limits.gateway();
        all.add(gateway == null ? 0 : gateway.inUse());
        limits.upstreams().values().forEach(limit -> all.add(limit.inUse()));
        return all;
    }

    @Test
    void permits_areHeldUntilTheEnd_complete() {
        Sinks.Empty<Void> rest = Sinks.empty();
        StepVerifier.create(filter(exchange, e -> rest.asMono()))
                .then(() -> assertThat(inUse()).containsExactly(1, 1))
                .then(rest::tryEmitEmpty)
                .expectComplete()
                .verify(MOST);
        assertThat(inUse()).containsExactly(0, 0);
    }

    @Test
    void permits_areHeldUntilTheEnd_error() {
        StepVerifier.create(filter(exchange, e -> Mono.error(new IllegalStateException("broken"))))
                .expectError(IllegalStateException.class)
                .verify(MOST);
        assertThat(inUse()).containsExactly(0, 0);
    }

    @Test
    void permits_areHeldUntilTheEnd_cancel_evenTwice() {
        Disposable subscription = filter(exchange, e -> Mono.never()).subscribe();
        assertThat(inUse()).containsExactly(1, 1);
        subscription.dispose();
        subscription.dispose();
        assertThat(inUse()).containsExactly(0, 0);
    }

    @Test
    void upstreamIsFull_isShed_andTheGatewaysPermitGivenBack() {
        Disposable first = filter(exchange, e -> Mono.never()).subscribe();
        StepVerifier.create(filter(exchange("lb://orders"), e -> Mono.never()))
                .expectErrorSatisfies(e ->
                        assertThat(((OverloadException) e).failure().name()).isEqualTo("UPSTREAM_OVERLOADED"))
                .verify(MOST);
        assertThat(inUse()).containsExactly(1, 1);
        first.dispose();
    }

    @Test
    void gatewayIsFull_isShed() {
        Disposable first = filter(exchange("lb://a"), e -> Mono.never()).subscribe();
        Disposable second = filter(exchange("lb://b"), e -> Mono.never()).subscribe();
        StepVerifier.create(filter(exchange, e -> Mono.never()))
                .expectErrorSatisfies(e ->
                        assertThat(((OverloadException) e).failure().name()).isEqualTo("GATEWAY_OVERLOADED"))
                .verify(MOST);
        first.dispose();
        second.dispose();
        assertThat(inUse()).containsExactly(0, 0);
    }

    @Test
    void sameExchange_passesAgain_countsOnce() {
        Mono<Void> twice = filter(exchange, e -> Mono.defer(() -> filter(e, again -> Mono.never())));
        Disposable subscription = twice.subscribe();
        assertThat(inUse()).containsExactly(1, 1);
        subscription.dispose();
        assertThat(inUse()).containsExactly(0, 0);
    }

    @Test
    void leaveUpstream_givesThatPermitBack_andKeepsTheGateways() {
        Disposable subscription = filter(exchange, e -> {
                    Permits.leaveUpstream(e);
                    return Mono.never();
                })
                .subscribe();
        assertThat(inUse()).containsExactly(1, 0);
        subscription.dispose();
        assertThat(inUse()).containsExactly(0, 0);
    }

    @Test
    void noLimits_chainIsPassedOnAsItIs() {
        Mono<Void> chain = Mono.empty();
        OverloadFilter none = new OverloadFilter(new OverloadLimits(written(null, Map.of())), System::nanoTime);
        assertThat(none.filter(exchange, e -> chain)).isSameAs(chain);
    }

    @Test
    void limitGoesAway_whileARequestIsUnderWay_itsPermitIsGivenBack() {
        ConcurrencyLimit orders = limits.upstreams().get("orders");
        Disposable subscription = filter(exchange, e -> Mono.never()).subscribe();
        limits.change(written(null, Map.of()));
        subscription.dispose();
        assertThat(orders).extracting(ConcurrencyLimit::inUse).isEqualTo(0);
    }

    @Test
    void change_keepsTheLimitAndWhatItCounts() {
        Disposable subscription = filter(exchange, e -> Mono.never()).subscribe();
        ConcurrencyLimit before = limits.upstream("orders");
        limits.change(written(5, Map.of("orders", 3, "carts", 4)));
        assertThat(limits.upstream("orders")).isSameAs(before);
        assertThat(inUse()).contains(1);
        assertThat(before).extracting(ConcurrencyLimit::limit).isEqualTo(3);
        subscription.dispose();
    }

    @Test
    void priority_filterCountsBeforeMetadata() {
        Route.AsyncBuilder route =
                Route.async().id("r").uri("lb://orders").predicate(e -> true).metadata("priority", "critical");
        assertThat(RoutePriority.of(route.build())).isEqualTo(Priority.CRITICAL);
        route.filter(new OrderedGatewayFilter(new PriorityFilter(Priority.SHEDDABLE), 1));
        assertThat(RoutePriority.of(route.build())).isEqualTo(Priority.SHEDDABLE);
        assertThat(RoutePriority.of(null)).isEqualTo(Priority.NORMAL);
    }

    @Test
    void orders_areThoseOfTheOneList() {
        assertThat(outer.getOrder()).isEqualTo(FilterOrder.OVERLOAD.value());
        assertThat(inner.getOrder()).isEqualTo(FilterOrder.UPSTREAM_LIMIT.value());
    }
}

package dev.meridian.observability.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import reactor.core.publisher.Flux;

class RemovedRoutesTests {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ExchangeMeters meters = new ExchangeMeters(registry);
    private final RemovedRoutes removed = new RemovedRoutes(meters);

    @Test
    void onApplicationEvent_success_forgetsWhatIsNotThereAnyMore() {
        served("a", "b");

        removed.onApplicationEvent(new RefreshRoutesResultEvent(locator(Flux.just(route("b"), route("c")))));

        assertThat(has("a")).isFalse();
        assertThat(has("b")).isTrue();
    }

    @Test
    void onApplicationEvent_failedRefresh_keepsAll() {
        served("a");

        removed.onApplicationEvent(
                new RefreshRoutesResultEvent(locator(Flux.empty()), new IllegalStateException("no config server")));

        assertThat(has("a")).isTrue();
    }

    @Test
    void onApplicationEvent_locatorThatFails_keepsAll() {
        served("a");

        removed.onApplicationEvent(
                new RefreshRoutesResultEvent(locator(Flux.error(new IllegalStateException("on purpose")))));

        assertThat(has("a")).isTrue();
    }

    @Test
    void onApplicationEvent_ofAnotherSource_keepsAll() {
        served("a");

        removed.onApplicationEvent(new RefreshRoutesResultEvent(this));

        assertThat(has("a")).isTrue();
    }

    private void served(String... routes) {
        for (String route : routes) {
            meters.onStart();
            meters.onEnd(Ends.of(route, "pool"));
        }
    }

    private boolean has(String route) {
        return !registry.find("meridian.requests").tag("route", route).meters().isEmpty();
    }

    private static RouteLocator locator(Flux<Route> routes) {
        return () -> routes;
    }

    private static Route route(String id) {
        return Route.async().id(id).uri("http://a").predicate(e -> true).build();
    }
}

package dev.meridian.routes.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.meridian.testkit.random.SeededRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.cloud.gateway.event.PredicateArgsEvent;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.event.WeightDefinedEvent;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class PassiveWeightFilterTests {

    private final Canary canary = new Canary(Map.of(), new SeededRandom(1));

    @Test
    void filter_anyRequest_leavesNothingBehind() {
        MockServerWebExchange exchange = exchange();

        filter(Flux.empty()).filter(exchange, next -> Mono.empty()).block(Duration.ofSeconds(5));

        assertThat(exchange.getAttributes()).doesNotContainKey(ServerWebExchangeUtils.WEIGHT_ATTR);
    }

    /** As the stock filter does it, so that an application with impossible routes does not start. */
    @Test
    void firstRefresh_routesCannotBeLoaded_fails() {
        PassiveWeightFilter filter = filter(Flux.error(new IllegalStateException("no such predicate")));

        assertThatIllegalStateException()
                .isThrownBy(() -> filter.onApplicationEvent(new RefreshRoutesEvent(this)))
                .withMessage("no such predicate");
    }

    @Test
    void events_ofWeights_areNotWanted() {
        PassiveWeightFilter filter = filter(Flux.empty());

        assertThat(filter.supportsEventType(RefreshRoutesEvent.class)).isTrue();
        assertThat(filter.supportsEventType(PredicateArgsEvent.class)).isFalse();
        assertThat(filter.supportsEventType(WeightDefinedEvent.class)).isFalse();
    }

    @Test
    void randomFunction_ofTheApplication_isChance() {
        filter(Flux.empty()).setRandomFunction(exchange -> 0.9);
        assertThat(chosen()).isEqualTo("b");

        filter(Flux.empty()).setRandomSupplier(() -> 0.1);
        assertThat(chosen()).isEqualTo("a");
    }

    private String chosen() {
        MockServerWebExchange exchange = exchange();
        canary.offer(
                exchange, WeightedGroups.of(List.of(new RouteWeight("g", "a", 50), new RouteWeight("g", "b", 50))));
        Map<String, String> weights = exchange.getRequiredAttribute(ServerWebExchangeUtils.WEIGHT_ATTR);
        return weights.getOrDefault("g", "none");
    }

    private PassiveWeightFilter filter(Flux<Route> routes) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerSingleton("routes", (RouteLocator) () -> routes);
        ConfigurationService configuration =
                new ConfigurationService(beans, DefaultConversionService::getSharedInstance, () -> null);
        return new PassiveWeightFilter(beans.getBeanProvider(RouteLocator.class), configuration, canary);
    }

    private static MockServerWebExchange exchange() {
        return MockServerWebExchange.from(MockServerHttpRequest.get("/"));
    }
}

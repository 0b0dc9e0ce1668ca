package dev.meridian.observability.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.routes.breaker.BreakerState;
import dev.meridian.routes.breaker.Breakers;
import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.definition.UpstreamDefinition;
import dev.meridian.routes.region.RegionUpstreamFactory;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Home;
import dev.meridian.routes.upstream.LiveStates;
import dev.meridian.routes.upstream.Region;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamSettings;
import dev.meridian.testkit.random.SeededRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class BreakerOrderTests {

    private static Upstream upstream(Map<String, String> settings) {
        Endpoint one = new Endpoint("http", "10.1.0.1", 8080, 1, null, Map.of());
        Endpoint two = new Endpoint("http", "10.1.0.2", 8080, 1, null, Map.of());
        return new RegionUpstreamFactory(
                        new LiveStates(),
                        new Breakers(Clock.systemUTC(), new SeededRandom(1), change -> {}),
                        System::nanoTime,
                        new SeededRandom(1),
                        suspect -> {})
                .create(
                        "orders",
                        List.of(
                                new Region("eu", 0, 1, null, 0, ServingState.ACTIVE, List.of(one, two)),
                                new Region("us", 1, 1, null, 0, ServingState.ACTIVE, List.of(one))),
                        UpstreamSettings.of(
                                new Binder(new MapConfigurationPropertySource(settings))
                                        .bindOrCreate("o", UpstreamDefinition.class),
                                Home.UNKNOWN));
    }

    private static List<Boolean> passing(Upstream upstream) {
        return upstream.regions().stream()
                .map(region -> region.state().passes())
                .toList();
    }

    private static void order(Upstream upstream, Map<String, String> order) {
        assertThat(BreakerOrder.is(order)).isTrue();
        BreakerOrder.parse(order).carryOut(upstream);
    }

    @Test
    void ofARegion() {
        Upstream upstream = upstream(Map.of("o.circuit-breaker.per", "region"));
        order(upstream, Map.of("region", "eu", "circuit-breaker", "open"));
        assertThat(passing(upstream)).containsExactly(false, true);
        UpstreamView.Circuit shown =
                UpstreamView.of(upstream, 0).regions().get(0).breaker();
        assertThat(shown).isEqualTo(new UpstreamView.Circuit("forced-open", null, null, 0, null));

        order(upstream, Map.of("region", "eu", "circuit-breaker", "closed"));
        assertThat(passing(upstream)).containsExactly(true, true);
    }

    @Test
    void ofAllRegions() {
        Upstream upstream = upstream(Map.of("o.circuit-breaker.per", "region"));
        order(upstream, Map.of("circuit-breaker", "open"));
        assertThat(passing(upstream)).containsExactly(false, false);
    }

    @Test
    void ofAnEndpoint() {
        Upstream upstream = upstream(Map.of("o.circuit-breaker.per", "endpoint"));
        order(upstream, Map.of("region", "eu", "endpoint", "10.1.0.2:8080", "circuit-breaker", "open"));
        assertThat(upstream.regions().get(0).endpoints().get(0).state().passes())
                .isTrue();
        assertThat(upstream.regions().get(0).endpoints().get(1).state().passes())
                .isFalse();
        assertThat(upstream.regions().get(1).endpoints().get(0).state().passes())
                .isTrue();
    }

    @Test
    void disabled_isParsedAsWritten() {
        assertThat(BreakerOrder.parse(Map.of("circuit-breaker", "disabled")).state())
                .isEqualTo(BreakerState.DISABLED);
    }

    @Test
    void noBreaker_saysWhatHasOne() {
        Upstream upstream = upstream(Map.of("o.circuit-breaker.per", "region"));
        assertThatThrownBy(() -> order(upstream, Map.of("region", "asia", "circuit-breaker", "open")))
                .isInstanceOf(InvalidOrderException.class)
                .hasMessageContaining("meridian.upstreams.orders.circuit-breaker");
    }

    @Test
    void unknownWord_saysWhichThereAre() {
        assertThatThrownBy(() -> BreakerOrder.parse(Map.of("circuit-breaker", "half-open")))
                .isInstanceOf(InvalidOrderException.class)
                .hasMessageContaining("open, closed or disabled");
        assertThatThrownBy(() -> BreakerOrder.parse(Map.of("circuit-breaker", "open", "regoin", "eu")))
                .isInstanceOf(InvalidOrderException.class)
                .hasMessageContaining("regoin");
    }
}

package dev.meridian.observability.metrics;

import static dev.meridian.observability.metrics.UpstreamsAtHand.region;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.testkit.time.FakeTicker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class UpstreamStateMetersTests {

    private static final Duration REFRESH = Duration.ofSeconds(SampledFigures.REFRESH_SECONDS);
    private static final int METERS_OF_A_REGION = 3 + Availability.values().length;

    private final UpstreamsAtHand factory = new UpstreamsAtHand();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeTicker ticker = new FakeTicker();
    private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
    private final Map<String, Long> failures = new HashMap<>();
    private final List<Collection<Upstream>> told = new ArrayList<>();
    private Collection<Upstream> upstreams = List.of();
    private boolean failing;
    private final UpstreamStateMeters meters =
            new UpstreamStateMeters(this::upstreams, () -> Map.copyOf(failures), told::add, ticker, scheduler);

    @Test
    void bindTo_showsSharesEndpointsAndActive() {
        Upstream orders = factory.create("orders", region("eu", 3, 2), region("us", 1, 1));
        LiveEndpoint out = orders.regions().get(0).endpoints().get(0);
        out.state().availability(Availability.EJECTED, 0);
        orders.regions().get(1).endpoints().get(0).onStart();
        orders.selector().refresh(0);
        upstreams = List.of(orders);

        meters.bindTo(registry);

        assertThat(share("orders", "eu")).isCloseTo(0.6, within(1e-9)); // 3 of 4, half of it healthy: 1.5 of 2.5
        assertThat(share("orders", "us")).isCloseTo(0.4, within(1e-9));
        assertThat(endpoints("eu", "available")).isOne();
        assertThat(endpoints("eu", "ejected")).isOne();
        assertThat(endpoints("eu", "unreachable")).isZero();
        assertThat(endpoints("us", "available")).isOne();
        assertThat(active("eu")).isZero();
        assertThat(active("us")).isOne();
        assertThat(registry.getMeters()).hasSize(2 * METERS_OF_A_REGION);
    }

    @Test
    void upstreams_replaced_areFollowed() {
        upstreams = List.of(factory.create("orders", region("eu", 1, 1)));
        meters.bindTo(registry);
        upstreams = List.of(factory.create("orders", region("eu", 1, 3)));
        assertThat(endpoints("eu", "available")).isOne(); // read a moment ago

        ticker.advance(Duration.ofNanos(SampledFigures.FRESH_NANOS));

        assertThat(endpoints("eu", "available")).isEqualTo(3);
    }

    @Test
    void upstreams_comeAndGo_withoutLeavingMeters() {
        meters.bindTo(registry);
        assertThat(registry.getMeters()).isEmpty();
        for (int round = 0; round < 5; round++) {
            failures.put("orders-" + round, 1L);
            upstreams = List.of(factory.create("orders-" + round, region("eu", 1, 1)));
            pass(REFRESH);

            assertThat(share("orders-" + round, "eu")).isOne();
            assertThat(registry.getMeters()).hasSize(METERS_OF_A_REGION + 1);
            assertThat(told.get(told.size() - 1)).isEqualTo(upstreams);
        }
        upstreams = List.of();
        pass(REFRESH);

        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void upstreamThatVanished_isZeroUntilItsMetersGo() {
        upstreams = List.of(factory.create("orders", region("eu", 1, 1)));
        meters.bindTo(registry);
        upstreams = List.of();
        ticker.advance(Duration.ofSeconds(2));

        assertThat(share("orders", "eu")).isZero();
        assertThat(endpoints("eu", "available")).isZero();
    }

    @Test
    void upstreams_ofTheSameName_theLastOneCounts() {
        upstreams = List.of(factory.create("orders", region("eu", 1, 1)), factory.create("orders", region("us", 1, 1)));
        meters.bindTo(registry);

        assertThat(registry.getMeters()).hasSize(METERS_OF_A_REGION);
        assertThat(share("orders", "us")).isOne();
    }

    @Test
    void discoveryFailures_areCounted() {
        upstreams = List.of(factory.create("orders", region("eu", 1, 1)));
        failures.put("orders", 1L);
        failures.put("gone", 1L);
        meters.bindTo(registry);
        failures.put("orders", 3L);

        assertThat(registry.get("meridian.upstream.discovery.failures")
                        .tag("upstream", "orders")
                        .functionCounter()
                        .count())
                .isEqualTo(3);
        assertThat(registry.find("meridian.upstream.discovery.failures").meters())
                .hasSize(1);
    }

    @Test
    void upstreamsThatFail_areAskedAgain() {
        meters.bindTo(registry);
        failing = true;
        pass(REFRESH);
        failing = false;
        upstreams = List.of(factory.create("orders", region("eu", 1, 1)));
        pass(REFRESH);

        assertThat(share("orders", "eu")).isOne();
    }

    @Test
    void bindTo_twoRegistries_fillsBoth_untilClosed() {
        SimpleMeterRegistry other = new SimpleMeterRegistry();
        upstreams = List.of(factory.create("orders", region("eu", 1, 1)));
        meters.bindTo(registry);
        meters.bindTo(other);
        assertThat(other.getMeters()).hasSize(METERS_OF_A_REGION);

        meters.close();
        int before = told.size();
        pass(REFRESH.multipliedBy(10));
        assertThat(told).hasSize(before);
    }

    private Collection<Upstream> upstreams() {
        if (failing) {
            throw new IllegalStateException("on purpose");
        }
        return upstreams;
    }

    private void pass(Duration time) {
        ticker.advance(time);
        scheduler.advanceTimeBy(time);
    }

    private double share(String upstream, String region) {
        return registry.get("meridian.upstream.region.share")
                .tags("upstream", upstream, "region", region)
                .gauge()
                .value();
    }

    private double endpoints(String region, String state) {
        return registry.get("meridian.upstream.endpoints")
                .tags("upstream", "orders", "region", region, "state", state)
                .gauge()
                .value();
    }

    private double active(String region) {
        return registry.get("meridian.upstream.active")
                .tags("upstream", "orders", "region", region)
                .gauge()
                .value();
    }
}

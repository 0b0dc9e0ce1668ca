package dev.meridian.observability.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.overload.ConcurrencyLimit;
import dev.meridian.filters.overload.LimitsAtHand;
import dev.meridian.filters.overload.Priority;
import dev.meridian.testkit.time.FakeTicker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class OverloadMetersTests {

    private static final Duration REFRESH = Duration.ofSeconds(SampledFigures.REFRESH_SECONDS);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeTicker ticker = new FakeTicker();
    private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
    private final LimitsAtHand limits = new LimitsAtHand();
    private final OverloadMeters meters = new OverloadMeters(limits.limits(), ticker, scheduler);

    private void pass(Duration time) {
        ticker.advance(time);
        scheduler.advanceTimeBy(time);
    }

    @Test
    void bindTo_showsLimitActiveAndShed_ofTheGatewayAndOfUpstreams() {
        limits.change(3, Map.of("orders", 1));
        ConcurrencyLimit orders = Objects.requireNonNull(limits.limits().upstream("orders"));
        orders.tryAcquire(Priority.CRITICAL);
        orders.tryAcquire(Priority.SHEDDABLE);
        orders.tryAcquire(Priority.SHEDDABLE);

        meters.bindTo(registry);

        assertThat(gauge("limit", "gateway", "none")).isEqualTo(3);
        assertThat(gauge("active", "gateway", "none")).isZero();
        assertThat(gauge("limit", "upstream", "orders")).isEqualTo(1);
        assertThat(gauge("active", "upstream", "orders")).isEqualTo(1);
        assertThat(shed("orders", "sheddable")).isEqualTo(2);
        assertThat(shed("orders", "normal")).isZero();
        assertThat(shed("orders", "critical")).isZero();
    }

    @Test
    void limits_comeAndGo_withoutLeavingMeters() {
        meters.bindTo(registry);
        assertThat(registry.getMeters()).isEmpty();

        limits.change(null, Map.of("orders", 1));
        pass(REFRESH);
        int each = registry.getMeters().size();
        assertThat(each).isEqualTo(2 + Priority.values().length);
        for (int round = 0; round < 20; round++) {
            limits.change(null, Map.of("upstream-" + round, 1));
            pass(REFRESH);
            assertThat(registry.getMeters()).hasSize(each);
        }
        limits.change(null, Map.of());
        pass(REFRESH);
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void limitThatWasChanged_goesOnCounting() {
        limits.change(null, Map.of("orders", 1));
        meters.bindTo(registry);
        ConcurrencyLimit orders = Objects.requireNonNull(limits.limits().upstream("orders"));
        orders.tryAcquire(Priority.NORMAL);
        orders.tryAcquire(Priority.NORMAL);

        limits.change(null, Map.of("orders", 7));
        pass(REFRESH);

        assertThat(gauge("limit", "upstream", "orders")).isEqualTo(7);
        assertThat(gauge("active", "upstream", "orders")).isEqualTo(1);
        assertThat(shed("orders", "normal")).isEqualTo(1);
    }

    @Test
    void close_looksNothingUpAnyMore() {
        meters.bindTo(registry);
        meters.close();
        limits.change(null, Map.of("orders", 1));
        pass(REFRESH);

        assertThat(registry.getMeters()).isEmpty();
    }

    private double gauge(String what, String scope, String upstream) {
        return registry.get("meridian.overload." + what)
                .tags("scope", scope, "upstream", upstream)
                .gauge()
                .value();
    }

    private double shed(String upstream, String priority) {
        return registry.get("meridian.overload.shed")
                .tags("scope", "upstream", "upstream", upstream, "priority", priority)
                .functionCounter()
                .count();
    }
}

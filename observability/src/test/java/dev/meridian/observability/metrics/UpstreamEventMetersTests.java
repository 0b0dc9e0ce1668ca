package dev.meridian.observability.metrics;

import static dev.meridian.observability.metrics.UpstreamsAtHand.region;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.resilience.RetryOutcome;
import dev.meridian.routes.breaker.BreakerChange;
import dev.meridian.routes.breaker.BreakerState;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Upstream;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpstreamEventMetersTests {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final UpstreamEventMeters meters = new UpstreamEventMeters(registry);
    private final Upstream orders = new UpstreamsAtHand().create("orders", region("eu", 1, 2), region("us", 1, 1));
    private final LiveEndpoint endpoint = orders.regions().get(0).endpoints().get(0);

    @Test
    void events_areCounted_notByEndpoint() {
        meters.onEjection(orders, endpoint, "5 requests in a row failed");
        meters.onEjection(orders, orders.regions().get(0).endpoints().get(1), "5 requests in a row failed");
        meters.onAvailability(orders, endpoint, Availability.AVAILABLE, Availability.EJECTED, "");
        meters.onCheck(orders, endpoint, true);
        meters.onCheck(orders, endpoint, true);
        meters.onCheck(orders, endpoint, false);

        assertThat(count("meridian.upstream.ejections", "region", "eu")).isEqualTo(2);
        assertThat(count("meridian.upstream.availability.changes", "region", "eu", "to", "ejected"))
                .isOne();
        assertThat(count("meridian.upstream.health.checks", "outcome", "passed"))
                .isEqualTo(2);
        assertThat(count("meridian.upstream.health.checks", "outcome", "failed"))
                .isOne();
        assertThat(registry.getMeters()).hasSize(4);
    }

    @Test
    void retriesAndBreakers_areTaggedWithHyphens() {
        meters.onRetry("orders", RetryOutcome.TOLD_TO_WAIT);
        meters.onRetry("orders", RetryOutcome.NOT_SAFE);
        meters.onBreaker(new BreakerChange("orders", "eu", BreakerState.OPEN, BreakerState.HALF_OPEN, ""));

        assertThat(count("meridian.upstream.retries", "outcome", "told-to-wait"))
                .isOne();
        assertThat(count("meridian.upstream.retries", "outcome", "not-safe")).isOne();
        assertThat(count("meridian.upstream.breaker.changes", "to", "half-open"))
                .isOne();
    }

    @Test
    void show_hasCountersBeforeAnythingHappens_andKeepsWhatWasCounted() {
        meters.onEjection(orders, endpoint, "5 requests in a row failed");
        meters.show(List.of(orders));

        assertThat(count("meridian.upstream.ejections", "region", "eu")).isOne();
        assertThat(count("meridian.upstream.ejections", "region", "us")).isZero();
        assertThat(count("meridian.upstream.availability.changes", "region", "us", "to", "available"))
                .isZero();
        assertThat(registry.find("meridian.upstream.health.checks").meters())
                .as("this one is not checked")
                .isEmpty();
    }

    @Test
    void show_forgetsUpstreamsThatAreGone_andTouchesNothingElse() {
        registry.counter("something.else", "upstream", "payments");
        meters.show(List.of(orders));
        meters.show(List.of());

        assertThat(registry.getMeters()).hasSize(1);
    }

    private double count(String name, String... tags) {
        return registry.get(name).tag("upstream", "orders").tags(tags).counter().count();
    }
}

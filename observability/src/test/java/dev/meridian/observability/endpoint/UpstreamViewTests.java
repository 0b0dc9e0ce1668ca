package dev.meridian.observability.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.observability.endpoint.UpstreamView.EndpointView;
import dev.meridian.observability.endpoint.UpstreamView.Location;
import dev.meridian.observability.endpoint.UpstreamView.RegionView;
import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.upstream.EndpointState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UpstreamViewTests {

    private final TestUpstreams upstreams = new TestUpstreams();

    @Test
    void nothingHappenedYet() {
        UpstreamView view = view();

        assertThat(view.name()).isEqualTo("orders");
        assertThat(view.balance()).isEqualTo("least-request");
        assertThat(view.regionSelection()).isEqualTo("weighted");
        assertThat(view.regions()).extracting(RegionView::name).containsExactly("eu", "us");
        RegionView eu = view.regions().get(0);
        assertThat(eu.priority()).isZero();
        assertThat(eu.weight()).isEqualTo(80);
        assertThat(eu.capacity()).isEqualTo(100);
        assertThat(eu.location()).isEqualTo(new Location(50.1, 8.7));
        assertThat(eu.state()).isEqualTo("active");
        assertThat(eu.orderedState()).isNull();
        assertThat(eu.share()).isEqualTo(1);
        assertThat(eu.reason()).isNull();
        assertThat(eu.latencyMillis()).isNull();
        assertThat(eu.checkLatencyMillis()).isNull();
        assertThat(eu.ramp()).isEqualTo(1);
        assertThat(view.regions().get(1).capacity()).isNull();
        assertThat(view.regions().get(1).location()).isNull();
        assertThat(eu.endpoints().get(0))
                .isEqualTo(new EndpointView(
                        "http://10.1.0.1:8080",
                        "a",
                        2,
                        "available",
                        null,
                        null,
                        0,
                        null,
                        null,
                        0,
                        null,
                        null,
                        1,
                        null));
    }

    @Test
    void traffic() {
        long now = upstreams.ticker.getAsLong();
        upstreams.endpoint(0, 0).onStart();
        upstreams.endpoint(0, 0).onResponse(200, 12_345_678, now);
        upstreams.endpoint(0, 0).state().utilisation().add(0.51239, now);
        upstreams.orders.regions().get(0).state().checkTime().add(1_000_000, now);

        RegionView eu = view().regions().get(0);
        assertThat(eu.active()).isOne();
        assertThat(eu.requests()).isOne();
        assertThat(eu.latencyMillis()).isEqualTo(12.35);
        assertThat(eu.checkLatencyMillis()).isEqualTo(1);
        assertThat(eu.endpoints().get(0).active()).isOne();
        assertThat(eu.endpoints().get(0).responseTimeMillis()).isEqualTo(12.35);
        assertThat(eu.endpoints().get(0).utilisation()).isEqualTo(0.512);
    }

    @Test
    void ejected_thenReturning() {
        EndpointState state = upstreams.endpoint(0, 0).state();
        long now = upstreams.ticker.getAsLong();
        state.health().eject(now + Duration.ofMillis(29_100).toNanos(), "5 requests in a row failed, out for 30 s");
        upstreams.settle();

        EndpointView ejected = view().regions().get(0).endpoints().get(0);
        assertThat(ejected.state()).isEqualTo("ejected");
        assertThat(ejected.reason()).isEqualTo("5 requests in a row failed, out for 30 s");
        assertThat(ejected.ejections()).isOne();
        assertThat(ejected.ejectedForSeconds()).isEqualTo(30);
        assertThat(view().regions().get(0).reason()).isEqualTo("1 of 2 endpoints: ejected for failed requests");

        upstreams.ticker.advance(Duration.ofSeconds(30));
        state.health().endEjection(Duration.ofSeconds(30).toNanos(), upstreams.ticker.getAsLong());
        upstreams.settle();
        upstreams.ticker.advance(Duration.ofSeconds(15));

        EndpointView returning = view().regions().get(0).endpoints().get(0);
        assertThat(returning.state()).isEqualTo("available");
        assertThat(returning.ejectedForSeconds()).isNull();
        assertThat(returning.ramp()).isEqualTo(0.5);
    }

    @Test
    void ramp_thatIsOver_isNotEndedByLooking() {
        EndpointState state = upstreams.endpoint(0, 0).state();
        state.order(ServingState.OFF);
        upstreams.settle();
        state.order(null);
        upstreams.settle();
        upstreams.ticker.advance(Duration.ofMinutes(1));

        assertThat(view().regions().get(0).endpoints().get(0).ramp()).isEqualTo(1);
        assertThat(state.returning()).isTrue();
    }

    @Test
    void failedCheck_andOrder() {
        upstreams.endpoint(0, 0).state().health().onCheck(false, "status 500", false, 1, 1);
        upstreams.endpoint(0, 1).state().order(ServingState.DRAINING);
        upstreams.orders.regions().get(1).state().order(ServingState.OFF);
        upstreams.settle();

        UpstreamView view = view();
        EndpointView unhealthy = view.regions().get(0).endpoints().get(0);
        assertThat(unhealthy.state()).isEqualTo("unhealthy");
        assertThat(unhealthy.reason()).isEqualTo("status 500");
        assertThat(unhealthy.lastCheck()).isEqualTo("status 500");
        EndpointView draining = view.regions().get(0).endpoints().get(1);
        assertThat(draining.state()).isEqualTo("draining");
        assertThat(draining.orderedState()).isEqualTo("draining");
        assertThat(draining.reason()).isEqualTo("ordered");
        RegionView us = view.regions().get(1);
        assertThat(us.state()).isEqualTo("off");
        assertThat(us.configuredState()).isEqualTo("active");
        assertThat(us.orderedState()).isEqualTo("off");
        assertThat(us.reason()).isEqualTo("switched off");
    }

    private UpstreamView view() {
        return UpstreamView.of(upstreams.orders, upstreams.ticker.getAsLong());
    }
}

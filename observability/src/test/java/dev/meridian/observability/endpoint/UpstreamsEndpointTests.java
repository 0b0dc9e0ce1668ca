package dev.meridian.observability.endpoint;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.upstream.RegionState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

class UpstreamsEndpointTests {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final TestUpstreams upstreams = new TestUpstreams();
    private final UpstreamsEndpoint endpoint =
            new UpstreamsEndpoint(() -> List.of(upstreams.orders), upstreams::settle, upstreams.ticker);

    @Test
    void upstreams_inShort() {
        assertThat(endpoint.upstreams().upstreams())
                .containsExactly(new UpstreamList.Summary("orders", "least-request", "weighted", List.of("eu", "us")));
    }

    @Test
    void order_region_movesItsShare() {
        assertThat(order(Map.of("region", "eu", "state", "draining")))
                .isEqualTo(new OrderOutcome(
                        "orders",
                        "eu",
                        null,
                        "active",
                        "draining",
                        false,
                        "takes no new requests; none is under way",
                        Map.of("eu", 1.0, "us", 0.0),
                        Map.of("eu", 0.0, "us", 1.0)));
        assertThat(eu().ordered()).isEqualTo(ServingState.DRAINING);
    }

    @Test
    void order_endpoint_takesItOut() {
        OrderOutcome outcome = order(Map.of("region", "eu", "endpoint", "http://10.1.0.1:8080", "state", "off"));

        assertThat(outcome.endpoint()).isEqualTo("http://10.1.0.1:8080");
        assertThat(outcome.sharesAfter()).isEqualTo(Map.of("eu", 1.0, "us", 0.0));
        assertThat(upstreams.endpoint(0, 0).state().ordered()).isEqualTo(ServingState.OFF);
        assertThat(upstreams.endpoint(0, 1).state().ordered()).isNull();
        assertThat(eu().ordered()).isNull();

        assertThat(order(Map.of("region", "eu", "endpoint", "10.1.0.1:8080", "state", "active"))
                        .before())
                .isEqualTo("off");
        assertThat(upstreams.endpoint(0, 0).state().ordered()).isNull();
    }

    @Test
    void order_dryRun_changesNothing() {
        OrderOutcome outcome = order(Map.of("region", "eu", "state", "off", "dry-run", "true"));

        assertThat(outcome.dryRun()).isTrue();
        assertThat(outcome.after()).isEqualTo("off");
        assertThat(outcome.sharesAfter()).isNull();
        assertThat(eu().ordered()).isNull();
    }

    @Test
    void order_outlivesTheConfiguration() {
        order(Map.of("region", "eu", "state", "off"));
        upstreams.configureEu(ServingState.DRAINING);
        upstreams.settle();

        UpstreamView.RegionView eu = UpstreamView.of(upstreams.orders, upstreams.ticker.getAsLong())
                .regions()
                .get(0);
        assertThat(eu.configuredState()).isEqualTo("draining");
        assertThat(eu.orderedState()).isEqualTo("off");
        assertThat(eu.share()).isZero();
    }

    @Test
    void order_activeOverAConfigurationThatIsNot_isKept() {
        upstreams.configureEu(ServingState.OFF);
        OrderOutcome outcome = order(Map.of("region", "eu", "state", "active"));

        assertThat(outcome.before()).isEqualTo("off");
        assertThat(eu().ordered()).isEqualTo(ServingState.ACTIVE);
        upstreams.configureEu(ServingState.ACTIVE);
        order(Map.of("region", "eu", "state", "active"));
        assertThat(eu().ordered()).isNull();
    }

    @Test
    void order_wrong_isRefused() {
        assertRefused("nobody", Map.of(), 404, "upstream: nobody (expected: one of orders)");
        assertRefused(
                "orders", Map.of("region", "asia", "state", "off"), 400, "region: asia (expected: one of eu, us)");
        assertRefused(
                "orders",
                Map.of("region", "us", "endpoint", "10.1.0.1:8080", "state", "off"),
                400,
                "endpoint: 10.1.0.1:8080 (expected: one of http://10.2.0.1:8080)");
        assertRefused(
                "orders",
                Map.of("region", "eu", "state", "gone"),
                400,
                "state: gone (expected: active, draining or off)");
        assertThat(eu().ordered()).isNull();
    }

    @Test
    void order_withoutAnyoneToCarryItOut_isNoted() {
        for (boolean closed : new boolean[] {true, false}) {
            UpstreamsEndpoint alone = new UpstreamsEndpoint(
                    () -> List.of(upstreams.orders),
                    () -> {
                        if (closed) {
                            throw new RejectedExecutionException("on purpose");
                        }
                        return new CompletableFuture<>();
                    },
                    upstreams.ticker);

            OrderOutcome outcome = outcome(alone, Map.of("region", "eu", "state", "off"));
            assertThat(outcome.sharesAfter()).containsEntry("eu", 1.0);
            assertThat(eu().ordered()).isEqualTo(ServingState.OFF);
        }
    }

    @Test
    void upstream_unknown_namesTheKnown() {
        WebEndpointResponse<Object> response = endpoint.upstream("nobody");

        assertThat(response.getStatus()).isEqualTo(404);
        assertThat(response.getBody())
                .isEqualTo(new Refusal("Not Found", 404, "upstream: nobody (expected: one of orders)"));
    }

    @Test
    void upstream_unknown_whereThereIsNone() {
        UpstreamsEndpoint empty = new UpstreamsEndpoint(List::of, upstreams::settle, upstreams.ticker);

        assertThat(empty.upstream("nobody").getBody())
                .isEqualTo(
                        new Refusal("Not Found", 404, "upstream: nobody (expected: none, there is none at present)"));
    }

    private RegionState eu() {
        return upstreams.orders.regions().get(0).state();
    }

    private OrderOutcome order(Map<String, Object> members) {
        return outcome(endpoint, members);
    }

    private static OrderOutcome outcome(UpstreamsEndpoint asked, Map<String, Object> members) {
        return (OrderOutcome) requireNonNull(answer(asked, "orders", members).getBody());
    }

    private static WebEndpointResponse<Object> answer(
            UpstreamsEndpoint asked, String upstream, Map<String, Object> members) {
        return requireNonNull(asked.order(upstream, members).block(SOON));
    }

    private void assertRefused(String upstream, Map<String, Object> members, int status, String detail) {
        WebEndpointResponse<Object> response = answer(endpoint, upstream, members);

        assertThat(response.getStatus()).isEqualTo(status);
        assertThat(response.getBody())
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.detail()).isEqualTo(detail));
    }
}

package dev.meridian.observability.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.definition.ServingState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EffectTests {

    private static final String NOBODY = "; nobody serves orders then, requests to it are answered with 503";
    private static final String RETURNS = "takes requests again, from a tenth of its share to the whole in 30 s";

    private final TestUpstreams upstreams = new TestUpstreams();

    @Test
    void draining_tellsWhatIsUnderWay() {
        assertThat(effect("eu", null, ServingState.DRAINING)).isEqualTo("takes no new requests; none is under way");
        upstreams.endpoint(0, 0).onStart();
        assertThat(effect("eu", null, ServingState.DRAINING))
                .isEqualTo("takes no new requests; 1 request under way will finish");
        upstreams.endpoint(0, 1).onStart();
        upstreams.endpoint(0, 1).onStart();
        assertThat(effect("eu", null, ServingState.OFF))
                .isEqualTo("takes no requests; 3 requests under way will finish");
        assertThat(effect("eu", "10.1.0.2:8080", ServingState.OFF))
                .isEqualTo("takes no requests; 2 requests under way will finish");
    }

    @Test
    void sameState_isAlready() {
        assertThat(effect("eu", null, ServingState.ACTIVE)).isEqualTo("is active already");
    }

    @Test
    void theLastRegion_leavesNobody() {
        upstreams.orders.regions().get(1).state().order(ServingState.OFF);

        assertThat(effect("eu", null, ServingState.DRAINING))
                .isEqualTo("takes no new requests; none is under way" + NOBODY);
        assertThat(effect("us", null, ServingState.OFF)).isEqualTo("is off already");
    }

    @Test
    void theLastEndpoint_leavesNobody() {
        upstreams.orders.regions().get(0).state().order(ServingState.OFF);

        assertThat(effect("us", "http://10.2.0.1:8080", ServingState.OFF)).endsWith(NOBODY);
    }

    @Test
    void othersThatAreIll_serveOnlyInPanic() {
        upstreams.endpoint(1, 0).state().health().onCheck(false, "status 500", false, 1, 1);

        assertThat(effect("eu", null, ServingState.OFF)).doesNotContain("nobody");
        upstreams.withoutPanic();
        assertThat(effect("eu", null, ServingState.OFF)).endsWith(NOBODY);
    }

    @Test
    void active_whatIsWell_returns() {
        upstreams.orders.regions().get(0).state().order(ServingState.OFF);
        assertThat(effect("eu", null, ServingState.ACTIVE)).isEqualTo(RETURNS);
        upstreams.endpoint(1, 0).state().order(ServingState.OFF);
        assertThat(effect("us", "10.2.0.1:8080", ServingState.ACTIVE)).isEqualTo(RETURNS);
    }

    @Test
    void active_whatCannotServe_saysWhy() {
        upstreams.endpoint(0, 0).state().order(ServingState.OFF);
        upstreams.endpoint(0, 0).state().health().unreachable(true);
        assertThat(effect("eu", "10.1.0.1:8080", ServingState.ACTIVE))
                .isEqualTo("is wanted again, but is out: takes no connections");

        upstreams.orders.regions().get(0).state().order(ServingState.DRAINING);
        assertThat(effect("eu", "10.1.0.1:8080", ServingState.ACTIVE))
                .isEqualTo("is wanted again, but its region is draining");

        upstreams.endpoint(0, 1).state().order(ServingState.OFF);
        assertThat(effect("eu", null, ServingState.ACTIVE))
                .isEqualTo("is wanted again, but none of its endpoints is available");
    }

    private String effect(String region, @Nullable String endpoint, ServingState state) {
        Order order = new Order(region, endpoint, state, true);
        return new Effect(Target.of(upstreams.orders, order), state).sentence();
    }
}

package dev.meridian.routes.region;

import static dev.meridian.routes.upstream.Lab.region;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.breaker.BreakerState;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.Lab;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.NoEndpointException;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Who is chosen where circuit breakers are open. */
class BreakerSelectionTests {

    private final Lab lab = new Lab();

    private static UpstreamSettings settings(String per, String... more) {
        String[] all = new String[more.length + 5];
        System.arraycopy(more, 0, all, 5, more.length);
        all[0] = "circuit-breaker.per=" + per;
        all[1] = "circuit-breaker.window=10";
        all[2] = "circuit-breaker.minimum-calls=4";
        all[3] = "circuit-breaker.open-for=1s";
        all[4] = "circuit-breaker.half-open-calls=2";
        return Lab.settings(all);
    }

    private static void fail(Upstream upstream, String host) {
        for (int i = 0; i < 4; i++) {
            Lab.sent(Lab.live(upstream, host), 503, 1);
        }
    }

    private void settle(Upstream upstream) {
        lab.set(upstream, Availability.AVAILABLE);
    }

    @Test
    void regionsBreakerOpens_theNextRegionTakesOverAtOnce() {
        Upstream upstream = lab.upstream(settings("region"), region("eu", 0, 1, 2), region("us", 1, 1, 2));
        assertThat(Lab.regions(upstream, 100)).containsOnlyKeys("eu");

        fail(upstream, "eu1");
        // Before anything was worked out anew.
        assertThat(Lab.regions(upstream, 100)).containsOnlyKeys("us");

        settle(upstream);
        assertThat(Lab.regions(upstream, 100)).containsOnlyKeys("us");
        assertThat(upstream.selector().shares())
                .anySatisfy(share -> assertThat(share.reason()).isEqualTo("circuit breaker"));
    }

    @Test
    void itsTimeIsOver_aFewRequestsSee_thenTheRegionClimbs() {
        Upstream upstream = lab.upstream(settings("region"), region("eu", 0, 1, 2), region("us", 1, 1, 2));
        fail(upstream, "eu0");
        settle(upstream);
        lab.ticker.advance(Duration.ofMillis(1_200));

        assertThat(Lab.regions(upstream, 100)).isEqualTo(Map.of("eu", 2, "us", 98));

        Lab.sent(Lab.live(upstream, "eu0"), 200, 1);
        Lab.sent(Lab.live(upstream, "eu1"), 200, 1);
        settle(upstream);
        assertThat(upstream.regions().get(0).state().returning()).isTrue();
        assertThat(Lab.regions(upstream, 1_000)).containsOnlyKeys("eu", "us");
        assertThat(Lab.regions(upstream, 1_000).get("eu")).isBetween(50, 200);
    }

    @Test
    void onlyRegion_nobodyIsChosen_andTheClientLearnsForHowLong() {
        Upstream upstream = lab.upstream(settings("region", "circuit-breaker.open-for=7s"), region("eu", 0, 1, 2));
        fail(upstream, "eu0");
        Selection request = Lab.request();

        assertThat(upstream.choose(request)).isNull();
        assertThat(request.broken()).isTrue();
        NoEndpointException answer = new NoEndpointException(upstream, request);
        assertThat(answer.getReason()).isEqualTo("The circuit breaker is open");
        assertThat(Long.parseLong(String.valueOf(answer.getHeaders().getFirst("Retry-After"))))
                .isBetween(6L, 8L);

        settle(upstream);
        assertThat(upstream.choose(Lab.request())).isNull();
    }

    @Test
    void panic_usesNoRegionWhoseBreakerIsOpen() {
        Upstream upstream = lab.upstream(settings("region"), region("eu", 0, 1, 2), region("us", 1, 1, 2));
        lab.set(upstream, Availability.UNHEALTHY, "us0", "us1", "eu0", "eu1");
        fail(upstream, "eu0");
        lab.set(upstream, Availability.UNHEALTHY, "us0");

        assertThat(Lab.regions(upstream, 100)).containsOnlyKeys("us");
    }

    @Test
    void upstreamsBreakerOpens_noRegionIsUsed() {
        Upstream upstream = lab.upstream(settings("upstream"), region("eu", 0, 1, 2), region("us", 1, 1, 2));
        fail(upstream, "us0");

        assertThat(upstream.choose(Lab.request())).isNull();
        settle(upstream);
        assertThat(upstream.choose(Lab.request())).isNull();
        lab.ticker.advance(Duration.ofMillis(1_200));
        assertThat(upstream.choose(Lab.request())).isNotNull();
    }

    @Test
    void endpointsBreakerOpens_theOthersOfItsRegionTakeOver() {
        Upstream upstream = lab.upstream(settings("endpoint"), region("eu", 0, 1, 3));
        fail(upstream, "eu1");
        assertThat(Lab.hosts(upstream, 100)).containsOnlyKeys("eu0", "eu2");
        settle(upstream);
        assertThat(Lab.hosts(upstream, 100)).containsOnlyKeys("eu0", "eu2");

        lab.ticker.advance(Duration.ofMillis(1_200));
        assertThat(Lab.hosts(upstream, 100).get("eu1")).isEqualTo(2);
    }

    @Test
    void ordered_open_isNeverProbed() {
        Upstream upstream = lab.upstream(settings("region"), region("eu", 0, 1, 2), region("us", 1, 1, 2));
        lab.breakers
                .get("orders", "eu", Objects.requireNonNull(upstream.settings().circuitBreaker()))
                .order(BreakerState.FORCED_OPEN);
        settle(upstream);
        lab.ticker.advance(Duration.ofHours(1));

        assertThat(Lab.regions(upstream, 100)).containsOnlyKeys("us");
    }

    @Test
    void requestThatFailedOnce_isNoProbe() {
        Upstream upstream = lab.upstream(settings("region"), region("eu", 0, 1, 2), region("us", 1, 1, 2));
        fail(upstream, "eu0");
        settle(upstream);
        lab.ticker.advance(Duration.ofMillis(1_200));
        Selection retried = Lab.request();
        retried.tried(Lab.live(upstream, "us0"));

        LiveEndpoint chosen = upstream.choose(retried);
        assertThat(chosen).isSameAs(Lab.live(upstream, "us1"));
    }

    @Test
    void endpointIsAtItsLimit_othersAreChosen_andNobodyWhereAllAre() {
        Upstream upstream =
                lab.upstream(Lab.settings("concurrency.max-requests-per-endpoint=2"), region("eu", 0, 1, 2));
        LiveEndpoint first = Lab.live(upstream, "eu0");
        first.onStart();
        first.onStart();
        assertThat(Lab.hosts(upstream, 20)).containsOnlyKeys("eu1");

        LiveEndpoint second = Lab.live(upstream, "eu1");
        second.onStart();
        second.onStart();
        Selection request = Lab.request();
        assertThat(upstream.choose(request)).isNull();
        assertThat(request.overCapacity()).isTrue();

        second.onEnd();
        assertThat(Lab.hosts(upstream, 20)).containsOnlyKeys("eu1");
    }
}

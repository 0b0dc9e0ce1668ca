package dev.meridian.routes.health;

import static dev.meridian.routes.upstream.Lab.region;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.Lab;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthJudgeTests {

    private final Lab lab = new Lab();
    private final List<String> told = new ArrayList<>();
    private final HealthJudge judge = new HealthJudge(new HealthListener() {

        @Override
        public void onAvailability(
                Upstream upstream, LiveEndpoint endpoint, Availability before, Availability now, String reason) {
            told.add(endpoint.endpoint().host() + " " + before + " " + now + (reason.isEmpty() ? "" : ": " + reason));
        }

        @Override
        public void onEjection(Upstream upstream, LiveEndpoint endpoint, String reason) {
            told.add(endpoint.endpoint().host() + " ejected: " + reason);
        }

        @Override
        public void onCheck(Upstream upstream, LiveEndpoint endpoint, boolean passed) {
            told.add(endpoint.endpoint().host() + (passed ? " passed" : " failed"));
        }
    });

    // ---- outliers

    @Test
    void judge_nothingHappened_changesNothing() {
        Upstream upstream = upstream(3);

        assertThat(judge(upstream)).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void judge_failuresInARow_eject() {
        Upstream upstream = upstream(4);
        fail(upstream, "eu0", 4);
        assertThat(judge(upstream)).isFalse();

        fail(upstream, "eu0", 1);
        assertThat(judge(upstream)).isTrue();
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.EJECTED);
        assertThat(told)
                .containsExactly(
                        "eu0 ejected: 5 requests in a row failed, out for 30 s",
                        "eu0 AVAILABLE EJECTED: 5 requests in a row failed, out for 30 s");
    }

    @Test
    void judge_goodAnswerBetween_doesNotEject() {
        Upstream upstream = upstream(4);
        fail(upstream, "eu0", 4);
        Lab.live(upstream, "eu0").onResponse(200, 1, now());
        fail(upstream, "eu0", 4);

        assertThat(judge(upstream)).isFalse();
    }

    /** Each time longer, up to the most. */
    @ParameterizedTest
    @CsvSource({"1, 30", "2, 60", "3, 90", "4, 100", "7, 100"})
    void judge_ejectedAgain_isOutForLonger(int times, int seconds) {
        Upstream upstream = upstream(4, "outlier-detection.max-eject-for=100s");
        for (int i = 1; i < times; i++) {
            fail(upstream, "eu0", 5);
            judge(upstream);
            lab.ticker.advance(Duration.ofSeconds(Math.min(100, i * 30)));
            judge(upstream);
            assertThat(availability(upstream, "eu0")).isEqualTo(Availability.AVAILABLE);
        }
        fail(upstream, "eu0", 5);
        judge(upstream);
        lab.ticker.advance(Duration.ofSeconds(seconds).minusNanos(1));
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.EJECTED);

        lab.ticker.advance(Duration.ofNanos(1));
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void judge_goodForLongEnough_isForgiven() {
        Upstream upstream = upstream(4);
        fail(upstream, "eu0", 5);
        judge(upstream);
        lab.ticker.advance(Duration.ofSeconds(30));
        judge(upstream);
        lab.ticker.advance(Duration.ofSeconds(30));
        judge(upstream);
        assertThat(state(upstream, "eu0").health().ejections()).isZero();

        fail(upstream, "eu0", 5);
        judge(upstream);
        assertThat(told).endsWith("eu0 AVAILABLE EJECTED: 5 requests in a row failed, out for 30 s");
    }

    /** Requests that were under way when it was ejected fail later: they are no reason to keep it out for longer. */
    @Test
    void judge_failuresWhileEjected_doNotEjectItAgain() {
        Upstream upstream = upstream(4);
        fail(upstream, "eu0", 5);
        judge(upstream);
        lab.ticker.advance(Duration.ofSeconds(15));
        fail(upstream, "eu0", 20);
        judge(upstream);
        lab.ticker.advance(Duration.ofSeconds(15));
        judge(upstream);
        judge(upstream);

        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.AVAILABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 50%, 0",
        "2, 50%, 1",
        "3, 50%, 1",
        "4, 50%, 2",
        "5, 50%, 2",
        "10, 50%, 5",
        "10, 10%, 1",
        "10, 1%, 1",
        "10, 0%, 0",
        "10, 100%, 10",
        "1, 100%, 1",
    })
    void judge_allFail_ejectsNoMoreThanMay(int size, String most, int expected) {
        Upstream upstream = upstream(size, "outlier-detection.max-ejected=" + most);
        for (int i = 0; i < size; i++) {
            fail(upstream, "eu" + i, 5);
        }
        judge(upstream);
        judge(upstream);

        assertThat(upstream.regions().stream().flatMap(region -> region.endpoints().stream()))
                .filteredOn(each -> each.state().availability() == Availability.EJECTED)
                .hasSize(expected);
    }

    @Test
    void judge_oneIsBack_anotherMayBeEjected() {
        Upstream upstream = upstream(2);
        fail(upstream, "eu0", 5);
        judge(upstream);
        lab.ticker.advance(Duration.ofSeconds(20));
        fail(upstream, "eu1", 5);
        judge(upstream);
        assertThat(availability(upstream, "eu1")).isEqualTo(Availability.AVAILABLE);

        lab.ticker.advance(Duration.ofSeconds(10));
        judge(upstream);
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.AVAILABLE);
        assertThat(availability(upstream, "eu1")).isEqualTo(Availability.EJECTED);
    }

    @Test
    void judge_detectionOff_ejectsNobody() {
        Upstream upstream = upstream(4, "outlier-detection.enabled=false");
        fail(upstream, "eu0", 100);
        refuse(upstream, "eu1", 100);

        assertThat(judge(upstream)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"10, 10, true", "9, 11, false", "20, 0, true", "5, 4, false", "15, 4, false"})
    void judge_ratioInAWindow_ejects(int failures, int good, boolean ejected) {
        Upstream upstream = upstream(
                4,
                "outlier-detection.failure-ratio=50%",
                "outlier-detection.consecutive-failures=1000",
                "outlier-detection.minimum-requests=20");
        judge(upstream);
        fail(upstream, "eu0", failures);
        for (int i = 0; i < good; i++) {
            Lab.live(upstream, "eu0").onResponse(200, 1, now());
        }
        lab.ticker.advance(Duration.ofSeconds(9));
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.AVAILABLE);

        lab.ticker.advance(Duration.ofSeconds(1));
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(ejected ? Availability.EJECTED : Availability.AVAILABLE);
        if (ejected) {
            assertThat(told).contains("eu0 ejected: " + failures + " of 20 requests failed, out for 30 s");
        }
    }

    @Test
    void judge_ratioOverTwoWindows_countsEachForItself() {
        Upstream upstream =
                upstream(4, "outlier-detection.failure-ratio=50%", "outlier-detection.consecutive-failures=1000");
        judge(upstream);
        for (int window = 0; window < 5; window++) {
            fail(upstream, "eu0", 19);
            lab.ticker.advance(Duration.ofSeconds(10));
            judge(upstream);
        }

        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.AVAILABLE);
    }

    // ---- connections

    @Test
    void judge_connectionsRefused_isUnreachableUntilItCanBeReached() {
        Upstream upstream = upstream(4);
        refuse(upstream, "eu0", 5);
        assertThat(judge(upstream)).isTrue();
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.UNREACHABLE);
        assertThat(told).last().isEqualTo("eu0 AVAILABLE UNREACHABLE: no connection, 5 times in a row");

        lab.ticker.advance(Duration.ofHours(1));
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.UNREACHABLE);

        probe(upstream, "eu0", Probe.passed(0));
        assertThat(judge(upstream)).isTrue();
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.AVAILABLE);
        assertThat(told).last().isEqualTo("eu0 UNREACHABLE AVAILABLE");
    }

    @Test
    void judge_allTakeNoConnections_areAllOutWhateverMayBeEjected() {
        Upstream upstream = upstream(4, "outlier-detection.max-ejected=0%");
        for (int i = 0; i < 4; i++) {
            refuse(upstream, "eu" + i, 5);
        }
        judge(upstream);

        assertThat(upstream.regions().stream().flatMap(region -> region.endpoints().stream()))
                .extracting(each -> each.state().availability())
                .containsOnly(Availability.UNREACHABLE);
    }

    @Test
    void judge_unreachableOnes_doNotUseUpWhatMayBeEjected() {
        Upstream upstream = upstream(2);
        refuse(upstream, "eu0", 5);
        judge(upstream);
        fail(upstream, "eu1", 5);
        judge(upstream);

        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.UNREACHABLE);
        assertThat(availability(upstream, "eu1")).isEqualTo(Availability.EJECTED);
    }

    /** It takes connections and loses them again: the second time it has to wait, too. */
    /** When an endpoint dies, requests are cut first and connections refused then: that is one event. */
    @Test
    void judge_ejectedAndThenUnreachable_isBackAsSoonAsItTakesConnections() {
        Upstream upstream = upstream(4);
        fail(upstream, "eu0", 5);
        judge(upstream);
        refuse(upstream, "eu0", 5);
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.UNREACHABLE);

        probe(upstream, "eu0", Probe.passed(0));
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.AVAILABLE);
        assertThat(state(upstream, "eu0").health().ejections()).isOne();
    }

    @Test
    void judge_unreachableAgain_waitsAsWell() {
        Upstream upstream = upstream(4);
        refuse(upstream, "eu0", 5);
        judge(upstream);
        probe(upstream, "eu0", Probe.passed(0));
        judge(upstream);
        refuse(upstream, "eu0", 5);
        judge(upstream);
        probe(upstream, "eu0", Probe.passed(0));
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.EJECTED);

        lab.ticker.advance(Duration.ofSeconds(30));
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void judge_failuresOfBothKinds_areNotUnreachable() {
        Upstream upstream = upstream(4);
        fail(upstream, "eu0", 1);
        refuse(upstream, "eu0", 4);
        judge(upstream);

        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.EJECTED);
    }

    @Test
    void onProbe_reconnectFails_staysUnreachable() {
        Upstream upstream = upstream(4);
        refuse(upstream, "eu0", 5);
        judge(upstream);
        probe(upstream, "eu0", Probe.unreached("refused"));
        judge(upstream);

        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.UNREACHABLE);
    }

    // ---- checks

    @Test
    void onProbe_firstFails_isUnhealthyAtOnce() {
        Upstream upstream = checked();
        probe(upstream, "eu0", Probe.failed("status 500"));

        assertThat(judge(upstream)).isTrue();
        assertThat(told).containsExactly("eu0 failed", "eu0 AVAILABLE UNHEALTHY: status 500");
    }

    @Test
    void onProbe_severalFail_isUnhealthyAndBackAfterSeveral() {
        Upstream upstream = checked();
        probe(upstream, "eu0", Probe.passed(5));
        probe(upstream, "eu0", Probe.failed("status 500"));
        probe(upstream, "eu0", Probe.failed("status 500"));
        assertThat(judge(upstream)).isFalse();
        probe(upstream, "eu0", Probe.failed("status 503"));
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.UNHEALTHY);

        probe(upstream, "eu0", Probe.passed(5));
        assertThat(judge(upstream)).isFalse();
        probe(upstream, "eu0", Probe.passed(5));
        assertThat(judge(upstream)).isTrue();
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void onProbe_noConnection_isUnreachableOnceItCounts() {
        Upstream upstream = checked();
        probe(upstream, "eu0", Probe.passed(5));
        probe(upstream, "eu0", Probe.unreached("refused"));
        probe(upstream, "eu0", Probe.unreached("refused"));
        assertThat(judge(upstream)).isFalse();
        probe(upstream, "eu0", Probe.unreached("refused"));
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.UNREACHABLE);
        assertThat(told).last().isEqualTo("eu0 AVAILABLE UNREACHABLE: refused");

        probe(upstream, "eu0", Probe.passed(5));
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.UNHEALTHY);
        probe(upstream, "eu0", Probe.passed(5));
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void onProbe_time_isTheRegions() {
        Upstream upstream = checked();
        probe(upstream, "eu0", Probe.passed(7_000_000));
        probe(upstream, "eu1", Probe.failed("no answer"));

        assertThat(Lab.live(upstream, "eu0").region().checkTime().get()).isEqualTo(7_000_000);
        assertThat(Lab.live(upstream, "eu0").region().responseTime().get()).isNaN();
    }

    @Test
    void judge_checksAreConfiguredNoMore_whatTheySaidIsForgotten() {
        Upstream upstream = checked();
        probe(upstream, "eu0", Probe.failed("status 500"));
        judge(upstream);
        Upstream after = upstream(4);

        assertThat(judge(after)).isTrue();
        assertThat(availability(after, "eu0")).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void judge_madeAnew_knowsWhatIsOut() {
        Upstream upstream = upstream(4);
        fail(upstream, "eu0", 5);
        refuse(upstream, "eu1", 5);
        judge(upstream);
        Upstream after = lab.upstream(Lab.settings("balance=random"), region("eu", 0, 9, 5));

        assertThat(Lab.hosts(after, 300)).containsOnlyKeys("eu2", "eu3", "eu4");
        assertThat(judge(after)).isFalse();
        assertThat(availability(after, "eu0")).isEqualTo(Availability.EJECTED);
        assertThat(availability(after, "eu1")).isEqualTo(Availability.UNREACHABLE);
    }

    // ---- orders

    @ParameterizedTest
    @CsvSource({"OFF, OFF", "DRAINING, DRAINING"})
    void judge_ordered_isOut(ServingState order, Availability expected) {
        Upstream upstream = upstream(4);
        refuse(upstream, "eu0", 5);
        state(upstream, "eu0").order(order);
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(expected);
        assertThat(told).last().isEqualTo("eu0 AVAILABLE " + expected + ": ordered");

        state(upstream, "eu0").order(null);
        judge(upstream);
        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.UNREACHABLE);
    }

    @Test
    void judge_orderedActive_isNoHealth() {
        Upstream upstream = upstream(4);
        refuse(upstream, "eu0", 5);
        state(upstream, "eu0").order(ServingState.ACTIVE);
        judge(upstream);

        assertThat(availability(upstream, "eu0")).isEqualTo(Availability.UNREACHABLE);
    }

    // ---- regions

    @Test
    void judge_wholeRegionIsOutAndBack_ramps() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 2), region("us", 1, 1, 2));
        refuse(upstream, "eu0", 5);
        refuse(upstream, "eu1", 5);
        judgeAndRefresh(upstream);
        assertThat(Lab.regions(upstream, 100)).containsOnlyKeys("us");

        probe(upstream, "eu0", Probe.passed(0));
        probe(upstream, "eu1", Probe.passed(0));
        judgeAndRefresh(upstream);
        assertThat(euShare(upstream)).isCloseTo(0.1, within(0.001));
        lab.ticker.advance(Duration.ofSeconds(15));
        judgeAndRefresh(upstream);
        assertThat(euShare(upstream)).isCloseTo(0.5, within(0.001));
        lab.ticker.advance(Duration.ofSeconds(15));
        judgeAndRefresh(upstream);
        assertThat(euShare(upstream)).isOne();
    }

    @Test
    void judge_oneEndpointOfARegionIsLeft_theRegionDoesNotRamp() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 2), region("us", 1, 1, 2));
        refuse(upstream, "eu0", 5);
        judgeAndRefresh(upstream);
        assertThat(euShare(upstream)).isCloseTo(0.7, within(0.001));

        probe(upstream, "eu0", Probe.passed(0));
        judgeAndRefresh(upstream);
        assertThat(upstream.regions().get(0).state().returning()).isFalse();
        assertThat(state(upstream, "eu0").returning()).isTrue();
    }

    @Test
    void judge_regionOrderedOutAndBack_ramps() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 2), region("us", 1, 1, 2));
        upstream.regions().get(0).state().order(ServingState.DRAINING);
        judgeAndRefresh(upstream);
        assertThat(euShare(upstream)).isZero();

        upstream.regions().get(0).state().order(null);
        judgeAndRefresh(upstream);
        assertThat(euShare(upstream)).isCloseTo(0.1, within(0.001));
    }

    private static double euShare(Upstream upstream) {
        return upstream.selector().shares().get(0).share();
    }

    private void judgeAndRefresh(Upstream upstream) {
        judge(upstream);
        upstream.selector().refresh(now());
    }

    private Upstream upstream(int size, String... settings) {
        return lab.upstream(Lab.settings(settings), region("eu", 0, 1, size));
    }

    private Upstream checked() {
        return upstream(4, "health-check.path=/healthz");
    }

    private boolean judge(Upstream upstream) {
        return judge.judge(upstream, now());
    }

    private void probe(Upstream upstream, String host, Probe probe) {
        judge.onProbe(upstream, Lab.live(upstream, host), probe, now());
    }

    private static void fail(Upstream upstream, String host, int times) {
        for (int i = 0; i < times; i++) {
            Lab.live(upstream, host).onFailure(false);
        }
    }

    private static void refuse(Upstream upstream, String host, int times) {
        for (int i = 0; i < times; i++) {
            Lab.live(upstream, host).onFailure(true);
        }
    }

    private static dev.meridian.routes.upstream.EndpointState state(Upstream upstream, String host) {
        return Lab.live(upstream, host).state();
    }

    private static Availability availability(Upstream upstream, String host) {
        return state(upstream, host).availability();
    }

    private long now() {
        return lab.ticker.getAsLong();
    }
}

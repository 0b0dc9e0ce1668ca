package dev.meridian.filters.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.overload.SimulatedUpstream.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdaptiveLimitTests {

    private static final int SECOND = 1_000;
    /** Of the mean: requests take up to a tenth more than that. */
    private static final double UNLOADED_P99 = 1.1;

    private final ConcurrencyLimit limit = new ConcurrencyLimit(new LimitSettings(1_000, true));

    @ParameterizedTest
    @CsvSource({"16, 20", "8, 50", "64, 5", "200, 100"})
    void overload_threeTimesTheCapacity_workIsDoneAndNobodyWaitsLong(int slots, double millis) {
        SimulatedUpstream upstream = new SimulatedUpstream(limit, slots, millis);
        double capacity = slots / millis * 1_000;
        upstream.run(capacity / 2, 5 * SECOND);
        upstream.run(3 * capacity, 10 * SECOND);
        Outcome overloaded = upstream.run(3 * capacity, 60 * SECOND);
        assertThat(overloaded.answered() / 60.0).isGreaterThan(0.95 * capacity);
        assertThat(overloaded.percentile(99)).isLessThan(2 * UNLOADED_P99 * millis);
    }

    @Test
    void overload_lastsForAnHour_limitDoesNotCreep() {
        SimulatedUpstream upstream = new SimulatedUpstream(limit, 16, 20);
        upstream.run(400, 5 * SECOND);
        upstream.run(2_400, 10 * SECOND);
        List<Integer> limits = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            upstream.run(2_400, 60 * SECOND);
            limits.add(limit.limit());
        }
        assertThat(limits).allSatisfy(each -> assertThat(each).isBetween(8, 32));
    }

    @Test
    void overload_fromTheFirstRequestOn_sizeIsFoundWithinSeconds() {
        SimulatedUpstream upstream = new SimulatedUpstream(limit, 8, 20);
        upstream.run(1_200, 4 * SECOND);
        Outcome found = upstream.run(1_200, 20 * SECOND);
        assertThat(found.answered() / 20.0).isGreaterThan(0.95 * 400);
        assertThat(found.percentile(99)).isLessThan(2 * UNLOADED_P99 * 20);
    }

    @Test
    void roomIsLeft_nothingIsShed() {
        SimulatedUpstream upstream = new SimulatedUpstream(limit, 64, 20);
        assertThat(upstream.run(2_000, 60 * SECOND).shed()).isZero();
    }

    @Test
    void burst_afterIdleHour_isLetIn() {
        SimulatedUpstream upstream = new SimulatedUpstream(limit, 100, 20);
        upstream.run(500, 10 * SECOND);
        upstream.run(0.01, 3_600 * SECOND);
        assertThat(upstream.burst(90)).isEqualTo(90);
    }

    @Test
    void upstreamWithoutQueue_limitGrowsToTheMost() {
        SimulatedUpstream upstream = new SimulatedUpstream(limit, 10_000, 50);
        Outcome outcome = upstream.run(12_000, 15 * SECOND);
        assertThat(limit.limit()).isGreaterThan(600).isLessThanOrEqualTo(1_000);
        assertThat(upstream.run(12_000, 5 * SECOND).shed()).isZero();
        assertThat(outcome.shed()).isLessThan(outcome.admitted() / 4);
    }

    @Test
    void upstreamStartsCold_isNotHeldAgainstIt() {
        SimulatedUpstream upstream = new SimulatedUpstream(limit, 64, 400);
        upstream.run(100, 3 * SECOND);
        upstream.becomes(64, 20);
        upstream.run(1_500, 5 * SECOND);
        assertThat(upstream.run(1_500, 10 * SECOND).shed()).isZero();
    }

    @Test
    void upstreamBecomesSlower_isUsedToItsNewCapacity() {
        SimulatedUpstream upstream = new SimulatedUpstream(limit, 16, 20);
        upstream.run(400, 10 * SECOND);
        upstream.becomes(16, 80);
        upstream.run(600, 30 * SECOND);
        Outcome after = upstream.run(600, 30 * SECOND);
        assertThat(after.answered() / 30.0).isGreaterThan(0.9 * 200);
        assertThat(after.percentile(99)).isLessThan(2 * 80);
    }

    @Test
    void upstreamFails_limitFallsToItsLeast_andRisesAgainWithinSeconds() {
        SimulatedUpstream upstream = new SimulatedUpstream(limit, 64, 20);
        upstream.run(3_000, 10 * SECOND);
        upstream.fails(true);
        upstream.run(3_000, 60 * SECOND);
        assertThat(limit.limit()).isEqualTo(AdaptiveLimit.MIN);
        upstream.fails(false);
        upstream.run(3_000, 4 * SECOND);
        Outcome after = upstream.run(3_000, 10 * SECOND);
        assertThat(after.answered() / 10.0).isGreaterThan(0.9 * 3_000);
        assertThat(after.percentile(99)).isLessThan(2 * 20);
    }

    @Test
    void upstreamHangs_limitFalls_andRisesAgainWithinSeconds() {
        SimulatedUpstream upstream = new SimulatedUpstream(limit, 64, 20);
        upstream.run(3_000, 10 * SECOND);
        upstream.hangs(true);
        upstream.run(3_000, 60 * SECOND);
        assertThat(limit.limit()).isLessThanOrEqualTo(2 * AdaptiveLimit.MIN);
        upstream.hangs(false);
        upstream.run(3_000, 5 * SECOND);
        Outcome after = upstream.run(3_000, 10 * SECOND);
        assertThat(after.answered() / 10.0).isGreaterThan(0.9 * 3_000);
    }

    @Test
    void fewRequestsFail_limitStays() {
        SimulatedUpstream upstream = new SimulatedUpstream(limit, 64, 20);
        upstream.run(2_000, 10 * SECOND);
        int before = limit.limit();
        for (int i = 0; i < 200; i++) {
            upstream.run(2_000, 20);
            limit.onDrop(i);
        }
        assertThat(limit.limit()).isGreaterThanOrEqualTo(before);
    }

    @Test
    void maxIsSmall_isNeverExceeded() {
        ConcurrencyLimit small = new ConcurrencyLimit(new LimitSettings(2, true));
        SimulatedUpstream upstream = new SimulatedUpstream(small, 1, 20);
        for (int i = 0; i < 100; i++) {
            upstream.run(500, 300);
            assertThat(small.limit()).isBetween(1, 2);
        }
    }

    @Test
    void maxIsLowered_takesEffectAtOnce_andRaisedLater() {
        SimulatedUpstream upstream = new SimulatedUpstream(limit, 64, 20);
        upstream.run(2_000, 10 * SECOND);
        limit.change(new LimitSettings(10, true));
        assertThat(limit.limit()).isEqualTo(10);
        limit.change(new LimitSettings(500, true));
        upstream.run(2_000, 10 * SECOND);
        assertThat(limit.limit()).isGreaterThan(40);
    }
}

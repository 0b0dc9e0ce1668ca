package dev.meridian.filters.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.overload.SimulatedUpstream.Outcome;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How well a limit is found where nothing is even: requests come at random, take at random long (M/M/c), and about every two
 * seconds all stands still for 50 to 200 ms. Each case is what became of five such upstreams.
 */
class AdaptiveLimitNoiseTests {

    private static final int SECOND = 1_000;
    private static final int SEEDS = 5;
    private static final int HICCUP_EVERY = 2 * SECOND;
    private static final int SHORTEST = 50;
    private static final int LONGEST = 200;
    /** What it does of the work that it could do without hiccups. */
    private static final double UP = HICCUP_EVERY / (HICCUP_EVERY + (SHORTEST + LONGEST) / 2.0);

    @ParameterizedTest
    @CsvSource({"16, 50", "16, 20", "64, 20", "8, 100"})
    void threeQuartersOfTheCapacity_hardlyAnyIsShed(int slots, double millis) {
        Outcome settled = ofAll(slots, millis, (upstream, capacity) -> {
            upstream.run(0.75 * capacity, 10 * SECOND);
            return upstream.run(0.75 * capacity, 120 * SECOND);
        });
        assertThat(settled.shedShare()).isLessThan(0.01);
    }

    /** Fewer than a hundred answers a second say less: there more is shed. */
    @ParameterizedTest
    @CsvSource({"16, 50, 0.02", "16, 20, 0.02", "64, 20, 0.02", "8, 100, 0.05"})
    void threeQuartersAfterAnOverload_hardlyAnyIsShed(int slots, double millis, double most) {
        Outcome after = ofAll(slots, millis, (upstream, capacity) -> {
            upstream.run(3 * capacity, 30 * SECOND);
            upstream.run(0.75 * capacity, 5 * SECOND);
            return upstream.run(0.75 * capacity, 120 * SECOND);
        });
        assertThat(after.shedShare()).isLessThan(most);
    }

    @ParameterizedTest
    @CsvSource({"16, 50", "16, 20", "64, 20", "8, 100"})
    void threeTimesTheCapacity_workIsDoneAndNobodyWaitsLong(int slots, double millis) {
        Outcome overloaded = ofAll(slots, millis, (upstream, capacity) -> {
            upstream.run(capacity / 2, 5 * SECOND);
            upstream.run(3 * capacity, 5 * SECOND);
            return upstream.run(3 * capacity, 60 * SECOND);
        });
        assertThat(overloaded.answered() / (60.0 * SEEDS)).isGreaterThan(0.9 * UP * slots * 1_000 / millis);
        assertThat(overloaded.percentile(50)).isLessThan(1.5 * millis);
        // Without any queue one in a hundred takes 4.6 times the mean; what stands still takes longer by that.
        assertThat(overloaded.percentile(99)).isLessThan(4.6 * millis + LONGEST);
    }

    @ParameterizedTest
    @CsvSource({"16, 50", "16, 20", "64, 20", "8, 100"})
    void threeTimesTheCapacityFromTheFirstRequestOn_sizeIsFoundInTenSeconds(int slots, double millis) {
        Outcome found = ofAll(slots, millis, (upstream, capacity) -> {
            upstream.run(3 * capacity, 10 * SECOND);
            return upstream.run(3 * capacity, 10 * SECOND);
        });
        assertThat(found.answered() / (10.0 * SEEDS)).isGreaterThan(0.85 * UP * slots * 1_000 / millis);
        assertThat(found.percentile(50)).isLessThan(2 * millis);
    }

    @ParameterizedTest
    @CsvSource({"16, 50, true", "16, 50, false", "16, 20, true", "16, 20, false", "64, 20, true", "64, 20, false"})
    void outageOfAMinute_isOverFiveSecondsLater(int slots, double millis, boolean hangs) {
        Outcome after = ofAll(slots, millis, (upstream, capacity) -> {
            upstream.run(0.75 * capacity, 10 * SECOND);
            upstream.fails(!hangs);
            upstream.hangs(hangs);
            upstream.run(0.75 * capacity, 60 * SECOND);
            upstream.fails(false);
            upstream.hangs(false);
            upstream.run(0.75 * capacity, 5 * SECOND);
            return upstream.run(0.75 * capacity, 10 * SECOND);
        });
        assertThat(after.shedShare()).isLessThan(0.02);
        assertThat(after.percentile(50)).isLessThan(2 * millis);
    }

    /** @param what becomes of an upstream with that capacity, in requests per second */
    private static Outcome ofAll(int slots, double millis, BiFunction<SimulatedUpstream, Double, Outcome> what) {
        return LongStream.rangeClosed(1, SEEDS)
                .mapToObj(seed -> {
                    ConcurrencyLimit limit = new ConcurrencyLimit(new LimitSettings(1_000, true));
                    SimulatedUpstream upstream = new SimulatedUpstream(limit, slots, millis, seed)
                            .randomly()
                            .hiccups(HICCUP_EVERY, SHORTEST, LONGEST);
                    return what.apply(upstream, slots * 1_000 / millis);
                })
                .reduce(Outcome::and)
                .orElseThrow();
    }
}

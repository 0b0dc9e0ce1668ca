package dev.meridian.filters.ratelimit.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Other limits from one moment on: nobody gets a fresh quota by it, and nobody is punished. */
class QuotaChangeTests {

    private static final long SECOND = 1_000_000;
    private static final long START = 20_000L * 86_400 * SECOND;

    private static Quota used(Algorithm algorithm, int units, Rate... rates) {
        Quota quota = Quota.of(algorithm, List.of(rates));
        quota.force(START, units);
        return quota;
    }

    private static int left(Quota quota, long now) {
        return quota.take(now, 1, Integer.MAX_VALUE).granted();
    }

    @ParameterizedTest
    @EnumSource
    void limitIsRaised_whatWasTakenStaysTaken(Algorithm algorithm) {
        Quota quota = used(algorithm, 10, new Rate(10, SECOND));
        quota.change(START, algorithm, List.of(new Rate(15, SECOND)));
        assertThat(left(quota, START)).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    void limitIsLowered_whatWasTakenCounts_andIsNotPaidForTwice(Algorithm algorithm) {
        Quota quota = used(algorithm, 10, new Rate(10, SECOND));
        quota.change(START, algorithm, List.of(new Rate(4, SECOND)));
        assertThat(left(quota, START)).isZero();
        assertThat(left(quota, START + 2 * SECOND)).isEqualTo(4);
        quota.reset();
        quota.force(START + 3 * SECOND, 2);
        quota.change(START + 3 * SECOND, algorithm, List.of(new Rate(3, SECOND)));
        assertThat(left(quota, START + 3 * SECOND)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void sameRates_nothingHappens(Algorithm algorithm) {
        Quota quota = used(algorithm, 7, new Rate(10, SECOND));
        quota.change(START, algorithm, List.of(new Rate(10, SECOND)));
        assertThat(left(quota, START)).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void longerWindow_countsAllThatIsKnown(Algorithm algorithm) {
        Quota quota = used(algorithm, 8, new Rate(10, SECOND));
        quota.change(START, algorithm, List.of(new Rate(10, 60 * SECOND)));
        assertThat(left(quota, START)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void shorterWindow_countsItsPartOfTheLonger(Algorithm algorithm) {
        Quota quota = used(algorithm, 60, new Rate(100, 60 * SECOND));
        quota.change(START, algorithm, List.of(new Rate(10, 10 * SECOND)));
        assertThat(left(quota, START)).isZero();
        Quota other = used(algorithm, 30, new Rate(100, 60 * SECOND));
        other.change(START, algorithm, List.of(new Rate(10, 10 * SECOND)));
        assertThat(left(other, START)).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    void windowComesAndGoes_theOtherGoesOn(Algorithm algorithm) {
        Rate second = new Rate(10, SECOND);
        Rate minute = new Rate(100, 60 * SECOND);
        Quota quota = used(algorithm, 6, second);
        quota.change(START, algorithm, List.of(second, minute));
        assertThat(quota.used(START)).containsExactly(6, 6);
        quota.take(START, 2, 2);
        quota.change(START, algorithm, List.of(minute));
        assertThat(quota.used(START)).containsExactly(8);
    }

    @ParameterizedTest
    @EnumSource
    void otherAlgorithm_goesOnFromWhatCounts(Algorithm from) {
        for (Algorithm to : Algorithm.values()) {
            Quota quota = used(from, 7, new Rate(10, SECOND));
            quota.change(START, to, List.of(new Rate(10, SECOND)));
            assertThat(left(quota, START)).as("%s to %s", from, to).isEqualTo(3);
            assertThat(left(quota, START + 2 * SECOND)).isEqualTo(10);
        }
    }

    @Test
    void bucketFillsUntilTheChange_asItDidUntilThen() {
        Quota quota = used(Algorithm.TOKEN_BUCKET, 100, new Rate(100, SECOND));
        quota.change(START + SECOND, Algorithm.TOKEN_BUCKET, List.of(new Rate(1, SECOND, 100)));
        assertThat(left(quota, START + SECOND)).isEqualTo(100);
    }

    @Test
    void windowRollsUntilTheChange_asItDidUntilThen() {
        Quota quota = used(Algorithm.SLIDING_WINDOW, 100, new Rate(100, SECOND));
        quota.change(START + SECOND + SECOND / 2, Algorithm.SLIDING_WINDOW, List.of(new Rate(200, SECOND)));
        assertThat(quota.used(START + SECOND + SECOND / 2)[0]).isCloseTo(50, within(1e-6));
    }

    @ParameterizedTest
    @EnumSource
    void seen_resetAndChange_stayWhatSomebodyElseTells(Algorithm algorithm) {
        Quota quota = Quota.seen(algorithm, List.of(new Rate(10, SECOND)));
        quota.reset();
        load(quota, algorithm, 4);
        assertThat(quota.used(START)).containsExactly(4.0);
        quota.change(START, algorithm, List.of(new Rate(10, SECOND), new Rate(20, 2 * SECOND)));
        assertThat(quota.used(START)).containsExactly(4.0, 4.0);
        load(quota, algorithm, 9);
        assertThat(quota.used(START)[0]).isEqualTo(9);
        assertThat(left(quota, START)).isEqualTo(1);
    }

    private static void load(Quota quota, Algorithm algorithm, int units) {
        switch (algorithm) {
            case SLIDING_WINDOW, FIXED_WINDOW -> quota.load(0, START / SECOND, units, 0);
            case TOKEN_BUCKET -> quota.load(0, START, units * 1_000_000L, 0);
            case SLIDING_LOG -> quota.load(0, units, START, START + SECOND);
        }
    }

    @Test
    void load_window_goesOnAsIfCountedHere() {
        Quota quota = Quota.seen(Algorithm.SLIDING_WINDOW, List.of(new Rate(10, SECOND)));
        quota.load(0, START / SECOND, 3, 10);
        assertThat(quota.used(START + SECOND / 2)).containsExactly(8.0);
        assertThat(left(quota, START + SECOND / 2)).isEqualTo(2);
    }

    @Test
    void load_bucket_inMillionths_roundedUp() {
        Quota quota = Quota.seen(Algorithm.TOKEN_BUCKET, List.of(new Rate(1, 1000, 10)));
        quota.load(0, START, 999_999, 0);
        assertThat(quota.used(START)).containsExactly(1.0);
        quota.load(0, START, 2_500_000, 0);
        assertThat(quota.used(START)).containsExactly(2.5);
        assertThat(quota.take(START, 8, 8).waitMicros()).isEqualTo(500);
    }

    @Test
    void load_log_refusesUntilThereIsRoom_andForgetsAtTheEnd() {
        Quota quota = Quota.seen(Algorithm.SLIDING_LOG, List.of(new Rate(10, SECOND)));
        quota.load(0, 9, START, START + SECOND);
        assertThat(quota.take(START, 2, 2))
                .extracting(Grant::admitted, Grant::waitMicros)
                .containsExactly(false, SECOND);
        quota.load(0, 10, START + 400, START + SECOND);
        assertThat(quota.take(START, 1, 1))
                .extracting(Grant::admitted, Grant::waitMicros)
                .containsExactly(false, 400L);
        assertThat(quota.take(START + SECOND, 4, 4).remaining()).isEqualTo(6);
        assertThat(quota.used(START + SECOND)).containsExactly(4.0);
    }
}

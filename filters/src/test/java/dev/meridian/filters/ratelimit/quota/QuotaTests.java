package dev.meridian.filters.ratelimit.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.random.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class QuotaTests {

    private static final long SECOND = 1_000_000;

    /** The beginning of a window of a second, of ten, and of a day. */
    private static final long START = 20_000L * 86_400 * SECOND;

    private static final Rate TEN = new Rate(10, SECOND);

    private static Quota quota(Algorithm algorithm, Rate... rates) {
        return Quota.of(algorithm, List.of(rates));
    }

    private static int taken(Quota quota, long now, int times) {
        int admitted = 0;
        for (int i = 0; i < times; i++) {
            admitted += quota.take(now, 1, 1).granted();
        }
        return admitted;
    }

    /** After exactly so long it is admitted, and a microsecond before it is not. Returns when that is. */
    private static long waitIsTrue(Quota quota, long now, int units) {
        Grant refused = quota.take(now, units, units);
        assertThat(refused.admitted()).isFalse();
        assertThat(refused.waitMicros()).isPositive();
        long then = now + refused.waitMicros();
        assertThat(quota.take(then - 1, units, units).granted()).isZero();
        assertThat(quota.standing(then, 0, units).waitMicros()).isZero();
        assertThat(quota.take(then, units, units).granted()).isEqualTo(units);
        return then;
    }

    @ParameterizedTest
    @EnumSource
    void take_upToTheLimit_andNoMore(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN);
        for (int i = 0; i < 10; i++) {
            Grant grant = quota.take(START, 1, 1);
            assertThat(grant.admitted()).isTrue();
            assertThat(grant.remaining()).isEqualTo(9 - i);
            assertThat(grant.waitMicros()).isZero();
            assertThat(grant.at()).isEqualTo(START);
        }
        assertThat(quota.take(START, 1, 1).granted()).isZero();
        assertThat(quota.used(START)).containsExactly(10.0);
    }

    @ParameterizedTest
    @EnumSource
    void take_severalUnits_allOrNone_orAsManyAsThereAre(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN);
        assertThat(quota.take(START, 7, 7).granted()).isEqualTo(7);
        assertThat(quota.take(START, 4, 4).granted()).isZero();
        assertThat(quota.take(START, 1, 100).granted()).isEqualTo(3);
        assertThat(quota.take(START, 1, 100).granted()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void moreThanThereCanEverBe_isNever(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN);
        assertThat(quota.take(START, 11, 11).waitMicros()).isEqualTo(Long.MAX_VALUE);
        assertThat(quota.take(START, 10, 10).granted()).isEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource
    void shareOfNothing_isNever(Algorithm algorithm) {
        Grant refused = quota(algorithm, new Rate(0, SECOND)).take(START, 1, 1);
        assertThat(refused.admitted()).isFalse();
        assertThat(refused.waitMicros()).isEqualTo(Long.MAX_VALUE);
        assertThat(refused.resetMicros()).isBetween(0L, SECOND);
    }

    @ParameterizedTest
    @EnumSource
    void wait_isTheTrueNextAdmission(Algorithm algorithm) {
        SeededRandom random = new SeededRandom(11);
        for (int round = 0; round < 500; round++) {
            Rate rate = new Rate(random.nextInt(1, 40), random.nextLong(1000, 3 * SECOND), random.nextInt(1, 60));
            Quota quota = quota(algorithm, rate);
            long now = START + random.nextLong(SECOND);
            int most = (int) rate.most(algorithm);
            for (int i = 0; i < 30; i++) {
                int units = random.nextInt(1, most + 1);
                if (!quota.take(now, units, units).admitted()) {
                    now = waitIsTrue(quota, now, units);
                }
                now += random.nextLong(1, rate.windowMicros() / 4 + 2);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "SLIDING_LOG")
    void wait_isTrue_withTheLargestLimitInTheLongestWindow(Algorithm algorithm) {
        long month = 31L * 86_400 * SECOND;
        SeededRandom random = new SeededRandom(12);
        for (int round = 0; round < 200; round++) {
            Quota quota = quota(algorithm, new Rate(1_000_000_000, month));
            long now = (START / month + 1) * month + random.nextLong(month);
            assertThat(quota.take(now, 1_000_000_000, 1_000_000_000).admitted()).isTrue();
            now = waitIsTrue(quota, now, 1) + random.nextLong(month);
            quota.take(now, 1, 1_000_000_000);
            waitIsTrue(quota, now, 1 + random.nextInt(1_000_000_000));
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneInAMillisecond_isOne(Algorithm algorithm) {
        Quota quota = quota(algorithm, new Rate(1, 1000));
        long now = START + 300;
        assertThat(taken(quota, now, 3)).isEqualTo(1);
        waitIsTrue(quota, now, 1);
    }

    @Test
    void oneInAMonth_isOne_howeverOftenSomebodyAsks() {
        long month = 31L * 86_400 * SECOND;
        Quota quota = quota(Algorithm.TOKEN_BUCKET, new Rate(1, month, 1_000_000_000));
        assertThat(quota.take(START, 1, 1_000_000_000).granted()).isEqualTo(1_000_000_000);
        for (long at = START; at < START + month; at += month / 100_000) {
            assertThat(quota.take(at, 1, 1).admitted()).isFalse();
        }
        assertThat(quota.take(START + month - 1, 1, 1).admitted()).isFalse();
        assertThat(quota.take(START + month, 1, 1).admitted()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void reset_nothingCountsThenOfWhatWasThere(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN);
        long now = START + 250_000;
        quota.take(now, 10, 10);
        long reset = quota.standing(now, 0, 1).resetMicros();
        assertThat(reset)
                .isEqualTo(
                        algorithm == Algorithm.SLIDING_LOG || algorithm == Algorithm.TOKEN_BUCKET ? SECOND : 750_000);
        long sure = algorithm == Algorithm.SLIDING_WINDOW ? reset + SECOND : reset;
        assertThat(quota.used(now + sure)).containsExactly(0.0);
    }

    @ParameterizedTest
    @EnumSource
    void life_isHowLongItCounts(Algorithm algorithm) {
        Rate rate = new Rate(10, SECOND, 35);
        Quota quota = quota(algorithm, rate);
        quota.take(START, 1, 35);
        assertThat(quota.used(START + rate.lifeMicros(algorithm))).containsExactly(0.0);
        assertThat(new Rate(10, SECOND, 35).lifeMicros(Algorithm.TOKEN_BUCKET)).isEqualTo(3_500_000);
    }

    @ParameterizedTest
    @EnumSource
    void giveBack_inTheSameWindow_isAsIfItHadNotBeen(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN);
        taken(quota, START, 4);
        Grant grant = quota.take(START + 10, 6, 6);
        quota.giveBack(START + 10, grant.at(), 6);
        assertThat(quota.take(START + 10, 6, 6).admitted()).isTrue();
        assertThat(quota.take(START + 10, 1, 1).admitted()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void giveBack_inTheNextWindow_takesFromTheOneItCameFrom(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN);
        Grant grant = quota.take(START + 900_000, 10, 10);
        long next = START + SECOND;
        quota.giveBack(next, grant.at(), 10);
        assertThat(taken(quota, next, 20)).isEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource
    void giveBack_muchLater_changesNothing(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN);
        Grant grant = quota.take(START, 10, 10);
        long later = START + 5 * SECOND;
        if (algorithm != Algorithm.TOKEN_BUCKET) { // what fills up knows no windows
            assertThat(taken(quota, later, 10)).isEqualTo(10);
        }
        quota.giveBack(later, grant.at(), 10);
        assertThat(taken(quota, later, 20)).isEqualTo(algorithm == Algorithm.TOKEN_BUCKET ? 10 : 0);
    }

    @ParameterizedTest
    @EnumSource
    void giveBack_neverGivesMoreThanTheLimit(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN);
        Grant grant = quota.take(START, 3, 3);
        quota.giveBack(START, grant.at(), 3);
        quota.giveBack(START, grant.at(), 3);
        assertThat(taken(quota, START, 20)).isEqualTo(10);
    }

    @Test
    void giveBack_log_takesOutItsOwn_notAnOlderOne() {
        Quota quota = quota(Algorithm.SLIDING_LOG, TEN);
        taken(quota, START, 5);
        Grant middle = quota.take(START + 100, 2, 2);
        taken(quota, START + 200, 3);
        quota.giveBack(START + 300, middle.at(), 2);
        assertThat(quota.take(START + 300, 3, 3).waitMicros()).isEqualTo(SECOND - 300);
        assertThat(quota.used(START + SECOND)).containsExactly(3.0);
        assertThat(quota.used(START + SECOND + 199)).containsExactly(3.0);
        assertThat(quota.used(START + SECOND + 200)).containsExactly(0.0);
    }

    @ParameterizedTest
    @EnumSource
    void giveBack_byAClockThatIsBehind_stillGivesBack(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN);
        quota.take(START + 50, 1, 1);
        Grant behind = quota.take(START + 40, 9, 9);
        assertThat(behind.admitted()).isTrue();
        quota.giveBack(START + 60, behind.at(), 9);
        assertThat(taken(quota, START + 60, 20)).isEqualTo(9);
    }

    @ParameterizedTest
    @EnumSource
    void several_nothingIsTakenOfOneIfAnotherRefuses(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN, new Rate(12, 10 * SECOND));
        assertThat(taken(quota, START, 20)).isEqualTo(10);
        long later = START + 2 * SECOND;
        // A bucket of 12 in 10 s has got back 2.4 by now.
        int left = algorithm == Algorithm.TOKEN_BUCKET ? 4 : 2;
        assertThat(taken(quota, later, 20)).isEqualTo(left);
        double[] used = quota.used(later);
        assertThat(used[0]).isEqualTo(left);
        assertThat(quota.take(later, 1, 1).rate()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void several_tellsOfTheOneThatRefusesForLonger_elseLeavesTheLeast(Algorithm algorithm) {
        Quota quota = quota(algorithm, new Rate(100, SECOND), new Rate(99, 10 * SECOND));
        assertThat(quota.take(START, 50, 50))
                .extracting(Grant::rate, Grant::remaining)
                .containsExactly(1, 49L);
        Quota other = quota(algorithm, TEN, new Rate(100, 10 * SECOND));
        assertThat(other.take(START, 1, 1))
                .extracting(Grant::rate, Grant::remaining)
                .containsExactly(0, 9L);
        assertThat(other.take(START, 10, 10).rate()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void clockGoesBack_nobodyGetsAFreshQuota_andNothingBreaks(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN);
        assertThat(taken(quota, START + 5, 10)).isEqualTo(10);
        for (long back : new long[] {1, 5, 6, 1000, SECOND / 2}) {
            Grant grant = quota.take(START + 5 - back, 1, 1);
            assertThat(grant.admitted()).as("%s back", back).isFalse();
            assertThat(grant.waitMicros()).isPositive();
            assertThat(grant.resetMicros()).isPositive();
        }
        assertThat(taken(quota, START + 2 * SECOND + 5, 20)).isEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource
    void force_takesBeyondTheLimit(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN);
        quota.force(START, 13);
        assertThat(quota.used(START)).containsExactly(13.0);
        assertThat(quota.take(START, 1, 1))
                .extracting(Grant::admitted, Grant::remaining)
                .containsExactly(false, 0L);
    }

    @ParameterizedTest
    @EnumSource
    void reset_givesAll(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN);
        taken(quota, START, 10);
        quota.reset();
        assertThat(taken(quota, START, 20)).isEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource
    void carry_countsOnTopOfWhatThereIs(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN, new Rate(20, 10 * SECOND));
        quota.take(START, 3, 3);
        quota.carry(START, new double[] {4.2, 0});
        Grant grant = quota.take(START, 1, 100);
        assertThat(grant.granted()).isEqualTo(2);
        assertThat(quota.used(START)[1]).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    void carry_isAtMostWhatTheRateAllows(Algorithm algorithm) {
        Quota quota = quota(algorithm, TEN);
        quota.carry(START, new double[] {1e6});
        assertThat(quota.used(START)).containsExactly(10.0);
        assertThat(taken(quota, START + 2 * SECOND, 20)).isEqualTo(10);
    }

    @Test
    void parts_addUpToTheWhole() {
        SeededRandom random = new SeededRandom(13);
        for (int round = 0; round < 1000; round++) {
            Rate whole = new Rate(random.nextLong(1, 1_000_000_001), SECOND, random.nextLong(1, 1_000_000_001));
            int of = random.nextInt(1, 200);
            long limit = 0;
            long burst = 0;
            for (int rank = 0; rank < of; rank++) {
                Rate part = whole.share(of, rank);
                assertThat(part.limit()).isBetween(whole.limit() / of, whole.limit() / of + 1);
                limit += part.limit();
                burst += part.burst();
            }
            assertThat(limit).isEqualTo(whole.limit());
            assertThat(burst).isEqualTo(whole.burst());
        }
        assertThat(TEN.share(1, 0)).isEqualTo(TEN);
    }

    @ParameterizedTest
    @EnumSource
    void tenThreads_neverGetMoreThanTheLimit(Algorithm algorithm) throws Exception {
        Quota quota = quota(algorithm, new Rate(1000, 60 * SECOND), new Rate(700, 600 * SECOND));
        ExecutorService threads = Executors.newFixedThreadPool(10);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Integer>> admitted = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                SeededRandom random = new SeededRandom(i);
                admitted.add(threads.submit(() -> {
                    go.await();
                    int sum = 0;
                    for (int j = 0; j < 2000; j++) {
                        Grant grant = quota.take(START, 1, 2);
                        sum += grant.granted();
                        if (grant.admitted() && random.nextInt(4) == 0) {
                            quota.giveBack(START, grant.at(), grant.granted());
                            sum -= grant.granted();
                        }
                    }
                    return sum;
                }));
            }
            go.countDown();
            int sum = 0;
            for (Future<Integer> each : admitted) {
                sum += each.get(30, TimeUnit.SECONDS);
            }
            assertThat(sum).isEqualTo(700);
        } finally {
            threads.shutdownNow();
        }
    }
}

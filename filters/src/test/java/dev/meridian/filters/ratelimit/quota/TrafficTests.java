package dev.meridian.filters.ratelimit.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.meridian.testkit.random.SeededRandom;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random traffic in virtual time, against what is right by definition. */
class TrafficTests {

    private static final long SECOND = 1_000_000;
    private static final long START = 20_000L * 86_400 * SECOND + 123_456;

    /** What is right: as many in any stretch of a window's length as the limit says. */
    private static final class Oracle {

        private final Rate rate;
        private final Deque<Long> times = new ArrayDeque<>();

        Oracle(Rate rate) {
            this.rate = rate;
        }

        boolean take(long now, int units) {
            while (!times.isEmpty() && times.peekFirst() + rate.windowMicros() <= now) {
                times.removeFirst();
            }
            if (times.size() + units > rate.limit()) {
                return false;
            }
            for (int i = 0; i < units; i++) {
                times.addLast(now);
            }
            return true;
        }
    }

    /** Poisson: as independent clients ask. */
    private static long gap(SeededRandom random, double perMicro) {
        return Math.max(1, Math.round(-Math.log(1 - random.nextDouble()) / perMicro));
    }

    private static Rate anyRate(SeededRandom random) {
        return new Rate(random.nextInt(1, 200), random.nextLong(1000, 20 * SECOND), random.nextInt(1, 300));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.9, 1, 1.1, 1.5, 3, 10})
    void slidingWindow_atASteadyRate_admitsWhatTheOracleAdmits(double load) {
        Rate rate = new Rate(1000, SECOND);
        SeededRandom random = new SeededRandom(21);
        Quota quota = Quota.of(Algorithm.SLIDING_WINDOW, List.of(rate));
        Oracle oracle = new Oracle(rate);
        double perMicro = load * rate.limit() / rate.windowMicros();
        long admitted = 0;
        long right = 0;
        for (long now = START; now < START + 60 * SECOND; now += gap(random, perMicro)) {
            admitted += quota.take(now, 1, 1).granted();
            right += oracle.take(now, 1) ? 1 : 0;
        }
        assertThat(admitted).isCloseTo(right, withinPercentage(1));
    }

    @Test
    void slidingWindow_isNeverAboveTheLimitInAWindow_andBelowTwiceInAnyStretch() {
        SeededRandom random = new SeededRandom(22);
        for (int round = 0; round < 300; round++) {
            Rate rate = anyRate(random);
            Quota quota = Quota.of(Algorithm.SLIDING_WINDOW, List.of(rate));
            Map<Long, Long> byWindow = new HashMap<>();
            List<Long> times = new ArrayList<>();
            long now = START;
            for (int i = 0; i < 2000; i++) {
                // Bursts and pauses; often at the very edge of a window, where it is worst.
                now += random.nextInt(3) == 0 ? random.nextLong(rate.windowMicros()) : random.nextLong(3);
                if (random.nextInt(8) == 0) {
                    now += rate.windowMicros() - now % rate.windowMicros() - 1;
                }
                int granted = quota.take(now, 1, random.nextInt(1, (int) rate.limit() + 1))
                        .granted();
                byWindow.merge(now / rate.windowMicros(), (long) granted, Long::sum);
                for (int unit = 0; unit < granted; unit++) {
                    times.add(now);
                }
            }
            assertThat(byWindow.values()).allMatch(sum -> sum <= rate.limit());
            assertThat(most(times, rate.windowMicros())).isLessThan(2 * rate.limit());
        }
    }

    @Test
    void slidingWindow_theBoundIsReached_allButOne() {
        Rate rate = new Rate(10, SECOND);
        Quota quota = Quota.of(Algorithm.SLIDING_WINDOW, List.of(rate));
        long begin = 20_000L * 86_400 * SECOND;
        assertThat(quota.take(begin + SECOND - 1, 1, 100).granted()).isEqualTo(10);
        assertThat(quota.take(begin + 2 * SECOND - 2, 1, 100).granted()).isEqualTo(9);
    }

    /** The most in any stretch of a length, which begins with one of them. */
    private static long most(List<Long> times, long length) {
        int most = 0;
        int end = 0;
        for (int begin = 0; begin < times.size(); begin++) {
            while (end < times.size() && times.get(end) < times.get(begin) + length) {
                end++;
            }
            most = Math.max(most, end - begin);
        }
        return most;
    }

    @Test
    void slidingWindow_decidesAsItsDefinitionSays() {
        SeededRandom random = new SeededRandom(23);
        for (int round = 0; round < 200; round++) {
            Rate rate = random.nextBoolean()
                    ? anyRate(random)
                    : new Rate(random.nextInt(1, 1_000_000_001), random.nextLong(1000, 31L * 86_400 * SECOND));
            Quota quota = Quota.of(Algorithm.SLIDING_WINDOW, List.of(rate));
            Map<Long, Long> counted = new HashMap<>();
            long now = START;
            for (int i = 0; i < 300; i++) {
                now += random.nextLong(rate.windowMicros() / 3);
                int units = random.nextInt(1, (int) rate.limit() / 3 + 2);
                long window = now / rate.windowMicros();
                BigInteger before = BigInteger.valueOf(counted.getOrDefault(window - 1, 0L))
                        .multiply(BigInteger.valueOf(rate.windowMicros() - now % rate.windowMicros()));
                BigInteger all = BigInteger.valueOf(counted.getOrDefault(window, 0L) + units)
                        .multiply(BigInteger.valueOf(rate.windowMicros()))
                        .add(before);
                boolean right = all.compareTo(
                                BigInteger.valueOf(rate.limit()).multiply(BigInteger.valueOf(rate.windowMicros())))
                        <= 0;
                assertThat(quota.take(now, units, units).admitted())
                        .as("%s", rate)
                        .isEqualTo(right);
                if (right) {
                    counted.merge(window, (long) units, Long::sum);
                }
            }
        }
    }

    @Test
    void fixedWindow_isNeverAboveTheLimitInAWindow_andRefusesNothingBelow() {
        SeededRandom random = new SeededRandom(24);
        for (int round = 0; round < 100; round++) {
            Rate rate = anyRate(random);
            Quota quota = Quota.of(Algorithm.FIXED_WINDOW, List.of(rate));
            Map<Long, Long> counted = new HashMap<>();
            long now = START;
            for (int i = 0; i < 1000; i++) {
                now += random.nextLong(rate.windowMicros() / 50);
                long window = now / rate.windowMicros();
                boolean right = counted.getOrDefault(window, 0L) < rate.limit();
                assertThat(quota.take(now, 1, 1).admitted()).isEqualTo(right);
                counted.merge(window, right ? 1L : 0, Long::sum);
            }
        }
    }

    @Test
    void log_isExact() {
        SeededRandom random = new SeededRandom(25);
        for (int round = 0; round < 200; round++) {
            Rate rate = anyRate(random);
            Quota quota = Quota.of(Algorithm.SLIDING_LOG, List.of(rate));
            Oracle oracle = new Oracle(rate);
            double perMicro = random.nextDouble(0.2, 5) * rate.limit() / rate.windowMicros();
            long now = START;
            for (int i = 0; i < 2000; i++) {
                now += gap(random, perMicro) - 1;
                int units = random.nextInt(10) == 0 ? random.nextInt(1, (int) rate.limit() + 1) : 1;
                assertThat(quota.take(now, units, units).admitted()).isEqualTo(oracle.take(now, units));
            }
        }
    }

    @Test
    void bucket_isExact() {
        SeededRandom random = new SeededRandom(26);
        for (int round = 0; round < 200; round++) {
            Rate rate = random.nextBoolean()
                    ? anyRate(random)
                    : new Rate(
                            random.nextLong(1, 1_000_000_001),
                            random.nextLong(1000, 31L * 86_400 * SECOND),
                            random.nextLong(1, 1_000_000_001));
            Quota quota = Quota.of(Algorithm.TOKEN_BUCKET, List.of(rate));
            // Tokens times the window's length, so that all are whole.
            BigInteger window = BigInteger.valueOf(rate.windowMicros());
            BigInteger full = BigInteger.valueOf(rate.burst()).multiply(window);
            BigInteger tokens = full;
            long pause = Math.max(2, (long) ((double) rate.windowMicros() / rate.limit() * rate.burst() / 10));
            long now = START;
            quota.take(now, 1, 1);
            tokens = tokens.subtract(window);
            for (int i = 0; i < 500; i++) {
                long passed = random.nextLong(random.nextBoolean() ? 3 : Math.min(pause, 1L << 45));
                now += passed;
                tokens = full.min(tokens.add(BigInteger.valueOf(rate.limit()).multiply(BigInteger.valueOf(passed))));
                int units = (int) Math.min(rate.burst(), 1 + random.nextLong(1 + rate.burst() / 5));
                BigInteger wanted = BigInteger.valueOf(units).multiply(window);
                boolean right = tokens.compareTo(wanted) >= 0;
                assertThat(quota.take(now, units, units).admitted())
                        .as("%s", rate)
                        .isEqualTo(right);
                tokens = right ? tokens.subtract(wanted) : tokens;
            }
            double left = new BigDecimal(tokens).doubleValue() / rate.windowMicros();
            assertThat(rate.burst() - quota.used(now)[0]).isCloseTo(left, withinPercentage(0.001));
        }
    }

    @Test
    void proportion_isExact() {
        SeededRandom random = new SeededRandom(27);
        for (int round = 0; round < 100_000; round++) {
            long c = random.nextLong(1, 1L << random.nextInt(2, 50));
            long b = random.nextLong(1L << random.nextInt(1, 50));
            long a = random.nextLong(1L << random.nextInt(1, 50));
            BigInteger[] right =
                    BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)).divideAndRemainder(BigInteger.valueOf(c));
            if (right[0].bitLength() <= 51) {
                assertThat(Proportion.floor(a, b, c)).isEqualTo(right[0].longValue());
                assertThat(Proportion.ceil(a, b, c)).isEqualTo(right[0].longValue() + right[1].signum());
            }
        }
    }
}

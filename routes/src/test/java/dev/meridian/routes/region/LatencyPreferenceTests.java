package dev.meridian.routes.region;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.random.SeededRandom;
import dev.meridian.testkit.time.FakeTicker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyPreferenceTests {

    private static final List<String> ALL = List.of("a", "b", "c");
    private static final double NONE = Double.NaN;

    private final FakeTicker ticker =
            new FakeTicker(Long.MAX_VALUE - Duration.ofSeconds(40).toNanos());
    private final LatencyPreference<String> preference = new LatencyPreference<>();

    @ParameterizedTest
    @CsvSource({
        "NaN, NaN, NaN, a",
        "NaN, 50, NaN, b",
        "NaN, 50, 40, c",
        "10, 20, 30, a",
        "30, 20, 10, c",
        "20, 20, 20, a",
        "21, 20, 30, b",
    })
    void prefer_firstTime_isTheFastestElseTheFirst(double a, double b, double c, String expected) {
        assertThat(prefer(a, b, c)).isEqualTo(expected);
    }

    /** a has been preferred at 100 ms, or 10 ms, for long. */
    @ParameterizedTest
    @CsvSource({
        "100, 91, a", // less than a tenth
        "100, 89, b",
        "100, 60, b",
        "10,  8.5, a", // less than 2 ms
        "10,  7.9, b",
        "3,   1.5, a",
        "3,   0.9, b",
    })
    void prefer_another_mustBeBetterByATenthAndByTwoMilliseconds(double a, double b, String expected) {
        prefer(a, 1000, 1000);
        ticker.advance(Duration.ofMinutes(5));

        assertThat(prefer(a, b, 1000)).isEqualTo(expected);
    }

    @Test
    void prefer_betterWithinThirtySeconds_waits() {
        prefer(100, 200, 300);
        ticker.advance(Duration.ofSeconds(29));
        assertThat(prefer(100, 60, 300)).isEqualTo("a");

        ticker.advance(Duration.ofSeconds(1));
        assertThat(prefer(100, 60, 300)).isEqualTo("b");
    }

    @Test
    void prefer_twiceAsFast_doesNotWait() {
        prefer(100, 200, 300);

        assertThat(prefer(100, 51, 300)).isEqualTo("a");
        assertThat(prefer(100, 49, 300)).isEqualTo("b");
    }

    @Test
    void prefer_unmeasuredOne_givesWayToAMeasuredOneAtOnce() {
        assertThat(prefer(NONE, NONE, NONE)).isEqualTo("a");
        assertThat(prefer(NONE, 300, NONE)).isEqualTo("b");
    }

    /** What was preferred by distance was not preferred for its latency: it need not dwell. */
    @Test
    void prefer_measuredForTheFirstTimeAndSlow_givesWay() {
        prefer(NONE, NONE, NONE);
        assertThat(prefer(100, 60, NONE)).isEqualTo("b");
    }

    @Test
    void prefer_goneOne_isReplacedAtOnceByTheBest() {
        prefer(10, 200, 100);

        assertThat(preference.prefer(List.of("b", "c"), new double[] {ms(200), ms(100)}, now()))
                .isEqualTo("c");
    }

    @Test
    void prefer_goneOneComesBack_mustBeBetterLikeAnyOther() {
        prefer(100, 200, 110);
        preference.prefer(List.of("b", "c"), new double[] {ms(200), ms(110)}, now());
        assertThat(prefer(100, 200, 110)).isEqualTo("c");

        ticker.advance(Duration.ofMinutes(1));
        assertThat(prefer(100, 200, 110)).isEqualTo("c");
        assertThat(prefer(90, 200, 110)).isEqualTo("a");
    }

    /** Two regions as fast as each other, measured with an error of 8 % either way, looked at twice a second for an hour. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void prefer_noise_switchesAtMostOnceInThirtySeconds(long seed) {
        SeededRandom random = new SeededRandom(seed);
        String before = prefer(50, 50, 1000);
        long lastSwitch = now() - Duration.ofHours(1).toNanos();
        int switches = 0;
        for (int i = 0; i < 7200; i++) {
            ticker.advance(Duration.ofMillis(500));
            String next = prefer(50 * random.nextDouble(0.92, 1.08), 50 * random.nextDouble(0.92, 1.08), 1000);
            if (!next.equals(before)) {
                assertThat(Duration.ofNanos(now() - lastSwitch)).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
                lastSwitch = now();
                switches++;
                before = next;
            }
        }
        assertThat(switches).isLessThanOrEqualTo(120);
    }

    private String prefer(double a, double b, double c) {
        return preference.prefer(ALL, new double[] {ms(a), ms(b), ms(c)}, now());
    }

    private static double ms(double millis) {
        return millis * 1e6;
    }

    private long now() {
        return ticker.getAsLong();
    }
}

package dev.meridian.routes.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.meridian.testkit.time.FakeTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EwmaTests {

    private static final Duration DECAY = Duration.ofSeconds(10);

    private final FakeTicker ticker =
            new FakeTicker(Long.MAX_VALUE - Duration.ofSeconds(1).toNanos());
    private final Ewma mean = Ewma.of(DECAY);
    private final Ewma peak = Ewma.peak(DECAY);

    @Test
    void get_noSample_isNotANumber() {
        assertThat(mean.get()).isNaN();
        assertThat(mean.getWithin(Long.MAX_VALUE, 0)).isNaN();
        assertThat(mean.ageNanos(0)).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.25, 1, 5e6, 3e10})
    void get_firstSample_isTakenAsItIs(double value) {
        mean.add(value, now());

        assertThat(mean.get()).isCloseTo(value, within(value * 1e-6));
    }

    @Test
    void get_sampleOfZero_isASample() {
        mean.add(0, now());

        assertThat(mean.get()).isBetween(0.0, 1e-30);
    }

    /** After one decay an old value weighs 1/e. */
    @Test
    void add_afterOneDecay_keepsAnEthOfTheOld() {
        mean.add(100, now());
        ticker.advance(DECAY);
        mean.add(0, now());

        assertThat(mean.get()).isCloseTo(100 / Math.E, within(0.1));
    }

    /** The weight of what was depends on the time, not on how many samples came meanwhile. */
    @Test
    void add_manySamplesOrOne_forgetsAlike() {
        mean.add(100, now());
        for (int i = 0; i < 1000; i++) {
            ticker.advance(Duration.ofMillis(10));
            mean.add(50, now());
        }

        assertThat(mean.get()).isCloseTo(50 + 50 / Math.E, within(0.5));
    }

    @Test
    void add_longAfter_isAlmostTheSample() {
        mean.add(100, now());
        ticker.advance(Duration.ofMinutes(5));
        mean.add(7, now());

        assertThat(mean.get()).isCloseTo(7, within(0.001));
    }

    /** 32 bits of time have wrapped half-way then. */
    @ParameterizedTest
    @ValueSource(ints = {30, 38, 40, 60, 77})
    void add_daysAfter_isTheSample(int hours) {
        mean.add(100, now());
        ticker.advance(Duration.ofHours(hours));
        mean.add(7, now());

        assertThat(mean.get()).isCloseTo(7, within(0.001));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 30, 38, 40, 60, 77})
    void getWithin_daysAfter_isNotANumber(int hours) {
        mean.add(100, now());
        ticker.advance(Duration.ofHours(hours));

        assertThat(mean.getWithin(Duration.ofMinutes(3).toNanos(), now())).isNaN();
    }

    @Test
    void add_timeRunsOver_goesOn() {
        mean.add(100, now());
        ticker.advance(Duration.ofSeconds(2));
        assertThat(now()).isNegative();
        mean.add(0, now());

        assertThat(mean.get()).isCloseTo(100 * Math.exp(-0.2), within(0.1));
        assertThat(mean.ageNanos(now())).isZero();
    }

    @Test
    void add_severalOfTheSameMoment_countsTheFirst() {
        mean.add(100, now());
        mean.add(900, now());

        assertThat(mean.get()).isEqualTo(100);
    }

    @Test
    void add_slightlyOlderSample_isLeftOut() {
        mean.add(100, now());
        mean.add(900, now() - 5_000_000);

        assertThat(mean.get()).isEqualTo(100);
        assertThat(mean.ageNanos(now() - 5_000_000)).isZero();
    }

    @Test
    void peak_higherSample_isFollowedAtOnce() {
        peak.add(10, now());
        peak.add(80, now());

        assertThat(peak.get()).isEqualTo(80);
    }

    @Test
    void peak_lowerSample_isFollowedSlowly() {
        peak.add(80, now());
        ticker.advance(Duration.ofSeconds(1));
        peak.add(10, now());

        assertThat(peak.get()).isCloseTo(80 - 70 * (1 - Math.exp(-0.1)), within(0.1));
    }

    @Test
    void getWithin_olderThanAsked_isNotANumber() {
        mean.add(100, now());
        ticker.advance(Duration.ofSeconds(3));

        assertThat(mean.getWithin(Duration.ofSeconds(4).toNanos(), now())).isEqualTo(100);
        assertThat(mean.getWithin(Duration.ofSeconds(2).toNanos(), now())).isNaN();
    }

    @Test
    void ageNanos_isExactToTheStep() {
        mean.add(100, now());
        ticker.advance(Duration.ofMillis(250));

        assertThat(mean.ageNanos(now())).isCloseTo(250_000_000L, within(70_000L));
    }

    private long now() {
        return ticker.getAsLong();
    }
}

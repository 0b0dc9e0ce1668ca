package dev.meridian.routes.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.meridian.testkit.time.FakeTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How regions and endpoints climb when they return. */
class RampTests {

    private static final long RAMP = Duration.ofSeconds(30).toNanos();

    private final FakeTicker ticker =
            new FakeTicker(Long.MAX_VALUE - Duration.ofSeconds(5).toNanos());
    private final RegionState region = new RegionState();
    private final EndpointState endpoint = new EndpointState();

    @Test
    void ramp_neverOut_isWhole() {
        region.serving(true, now());
        endpoint.availability(Availability.AVAILABLE, now());

        assertThat(region.ramp(RAMP, now())).isOne();
        assertThat(region.returning()).isFalse();
        assertThat(endpoint.ramp(RAMP, now())).isOne();
        assertThat(endpoint.returning()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 0.1", "1, 0.1", "3, 0.1", "6, 0.2", "15, 0.5", "29, 0.9667", "30, 1", "300, 1"})
    void ramp_returned_climbsFromATenth(int seconds, double expected) {
        region.serving(false, now());
        endpoint.availability(Availability.UNHEALTHY, now());
        ticker.advance(Duration.ofMinutes(2));
        region.serving(true, now());
        endpoint.availability(Availability.AVAILABLE, now());

        ticker.advance(Duration.ofSeconds(seconds));

        assertThat(region.ramp(RAMP, now())).isCloseTo(expected, within(0.001));
        assertThat(endpoint.ramp(RAMP, now())).isCloseTo(expected, within(0.001));
    }

    @Test
    void ramp_saidAgainThatItServes_doesNotBeginAnew() {
        region.serving(false, now());
        endpoint.availability(Availability.EJECTED, now());
        region.serving(true, now());
        endpoint.availability(Availability.AVAILABLE, now());
        ticker.advance(Duration.ofSeconds(15));
        region.serving(true, now());
        endpoint.availability(Availability.AVAILABLE, now());

        assertThat(region.ramp(RAMP, now())).isCloseTo(0.5, within(0.001));
        assertThat(endpoint.ramp(RAMP, now())).isCloseTo(0.5, within(0.001));
    }

    @Test
    void ramp_outAgainMeanwhile_beginsAnew() {
        region.serving(false, now());
        region.serving(true, now());
        ticker.advance(Duration.ofSeconds(20));
        region.serving(false, now());
        region.serving(true, now());

        assertThat(region.ramp(RAMP, now())).isCloseTo(0.1, within(0.001));
    }

    @Test
    void ramp_over_staysWholeAndIsNoLongerReturning() {
        endpoint.availability(Availability.EJECTED, now());
        endpoint.availability(Availability.AVAILABLE, now());
        assertThat(endpoint.returning()).isTrue();
        ticker.advance(Duration.ofSeconds(30));

        assertThat(endpoint.ramp(RAMP, now())).isOne();
        assertThat(endpoint.returning()).isFalse();
        // nothing of it comes back when the clock has gone round
        ticker.advance(Duration.ofDays(365 * 250));
        assertThat(endpoint.ramp(RAMP, now())).isOne();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AVAILABLE")
    void ramp_outForWhateverReason_climbs(Availability reason) {
        endpoint.availability(reason, now());
        endpoint.availability(Availability.AVAILABLE, now());

        assertThat(endpoint.ramp(RAMP, now())).isCloseTo(0.1, within(0.001));
    }

    private long now() {
        return ticker.getAsLong();
    }
}

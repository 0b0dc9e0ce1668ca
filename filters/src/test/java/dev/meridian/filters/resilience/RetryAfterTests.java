package dev.meridian.filters.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTests {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "' 2 ' | 2000",
                "120 | 120000",
                "Fri, 02 Jan 2026 03:04:07 GMT | 2000",
                "Fri, 02 Jan 2026 03:04:05 GMT | 0",
                "Thu, 01 Jan 2026 00:00:00 GMT | 0",
            })
    void millis_secondsOrADate(String value, long expected) {
        assertThat(RetryAfter.millis(value, NOW)).isEqualTo(expected);
    }

    @Test
    void millis_nothing_isNegative() {
        assertThat(RetryAfter.millis(null, NOW)).isNegative();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1.5", "99999999999999999999"})
    void millis_whatIsNotUnderstood_isTooLate(String value) {
        assertThat(RetryAfter.millis(value, NOW)).isEqualTo(Long.MAX_VALUE);
    }
}

package dev.meridian.filters.overload;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTests {

    private final Histogram histogram = new Histogram();

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 100, 12_345, 20_000_000, 3_600_000_000_000L, Long.MAX_VALUE})
    void median_ofOneValue_isThatValueNearly(long value) {
        histogram.add(value);
        assertThat(histogram.median()).isCloseTo(value, Percentage.withPercentage(7));
    }

    @Test
    void median_ofMany_isTheMiddle_whateverTheLargestAre() {
        for (int i = 1; i <= 1_001; i++) {
            histogram.add(i <= 700 ? 1_000_000 + i * 1_000L : 1_000_000_000L);
        }
        assertThat(histogram.median()).isCloseTo(1_500_000, Percentage.withPercentage(4));
    }

    @Test
    void clear_forgetsAll() {
        histogram.add(5);
        histogram.clear();
        assertThat(histogram.count()).isZero();
        assertThat(histogram.median()).isZero();
    }
}

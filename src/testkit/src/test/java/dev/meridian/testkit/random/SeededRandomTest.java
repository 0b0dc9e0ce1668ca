package dev.meridian.testkit.random;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeededRandomTest {

    @Test
    void itsNumbersFollowFromTheSeed() {
        assertThat(new SeededRandom(7).longs(100).toArray())
                .isEqualTo(new SeededRandom(7).longs(100).toArray())
                .isNotEqualTo(new SeededRandom(8).longs(100).toArray());
    }

    @Test
    void itsNumbersAreSpreadEvenly() {
        double mean = new SeededRandom(1).doubles(100_000).average().orElseThrow();
        assertThat(mean).isBetween(0.49, 0.51);
    }
}

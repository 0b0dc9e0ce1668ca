package dev.meridian.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FakeTickerTest {

    @Test
    void movesOnlyWhenToldTo() {
        FakeTicker ticker = new FakeTicker();
        assertThat(ticker.getAsLong()).isZero();
        ticker.advance(Duration.ofMillis(3)).advance(Duration.ofNanos(1));
        assertThat(ticker.getAsLong()).isEqualTo(3_000_001);
    }

    @Test
    void runsOverTheEndOfTheNumbers() {
        FakeTicker ticker = new FakeTicker(Long.MAX_VALUE);
        long before = ticker.getAsLong();
        ticker.advance(Duration.ofNanos(10));
        assertThat(ticker.getAsLong()).isNegative();
        assertThat(ticker.getAsLong() - before).isEqualTo(10);
    }

    @Test
    void doesNotGoBack() {
        assertThatThrownBy(() -> new FakeTicker().advance(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package dev.meridian.routes.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.time.FakeTicker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestRateTests {

    private final FakeTicker ticker =
            new FakeTicker(Long.MAX_VALUE - Duration.ofSeconds(1).toNanos());
    private final RequestRate rate = new RequestRate();

    @ParameterizedTest
    @CsvSource({"100, 250", "100, 1000", "1000, 3000", "10, 20", "3, 100"})
    void tryTake_moreThanAllowed_admitsTheRate(int perSecond, int offered) {
        int seconds = 20;
        int taken = 0;
        for (int i = 0; i < offered * seconds; i++) {
            ticker.advance(Duration.ofNanos(1_000_000_000L / offered));
            taken += rate.tryTake(perSecond, ticker.getAsLong()) ? 1 : 0;
        }

        assertThat((double) taken / (perSecond * seconds)).isBetween(0.95, 1.15);
    }

    @ParameterizedTest
    @CsvSource({"100, 99", "100, 50", "7, 6"})
    void tryTake_lessThanAllowed_admitsAll(int perSecond, int offered) {
        for (int i = 0; i < offered * 10; i++) {
            ticker.advance(Duration.ofNanos(1_000_000_000L / offered));
            assertThat(rate.tryTake(perSecond, ticker.getAsLong()))
                    .as("request %s", i)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "10, 5", "50, 5", "100, 10", "1000, 100"})
    void tryTake_burst_isATenthOfASecondsWorthOrFive(int perSecond, int expected) {
        long taken = IntStream.range(0, 1000)
                .filter(i -> rate.tryTake(perSecond, ticker.getAsLong()))
                .count();

        assertThat(taken).isEqualTo(expected);
    }

    @Test
    void tryTake_afterAPause_savesNoMoreThanTheBurst() {
        rate.tryTake(100, ticker.getAsLong());
        ticker.advance(Duration.ofHours(1));

        assertThat(IntStream.range(0, 1000)
                        .filter(i -> rate.tryTake(100, ticker.getAsLong()))
                        .count())
                .isEqualTo(10);
    }

    @Test
    void tryTake_refused_costsNothing() {
        while (rate.tryTake(100, ticker.getAsLong())) {
            // as long as there is something
        }
        for (int i = 0; i < 100; i++) {
            assertThat(rate.tryTake(100, ticker.getAsLong())).isFalse();
        }
        ticker.advance(Duration.ofMillis(10));

        assertThat(rate.tryTake(100, ticker.getAsLong())).isTrue();
        assertThat(rate.tryTake(100, ticker.getAsLong())).isFalse();
    }

    @Test
    void tryTake_manyThreads_admitsNoMore() {
        AtomicInteger taken = new AtomicInteger();
        IntStream.range(0, 10_000).parallel().forEach(i -> {
            if (rate.tryTake(1000, 5)) {
                taken.incrementAndGet();
            }
        });

        assertThat(taken).hasValue(100);
    }
}

package dev.meridian.filters.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.definition.RetryDefinition;
import dev.meridian.testkit.random.SeededRandom;
import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTests {

    private static final int DRAWS = 10_000;

    @ParameterizedTest
    @CsvSource({"0, 25", "1, 50", "2, 100", "3, 200", "4, 250", "9, 250", "70, 250"})
    void nanos_drawsFromNothingToTheDoubleOfTheOneBefore(int retries, long longestMillis) {
        RetryDefinition settings = Settings.of("");
        SeededRandom random = new SeededRandom(1);

        LongSummaryStatistics drawn = LongStream.range(0, DRAWS)
                .map(i -> Backoff.nanos(settings, retries, random))
                .summaryStatistics();

        long longest = Duration.ofMillis(longestMillis).toNanos();
        assertThat(drawn.getMin()).isBetween(0L, longest / 100);
        assertThat(drawn.getMax()).isBetween(longest - longest / 100, longest);
        assertThat(drawn.getAverage()).isBetween(longest * 0.48, longest * 0.52);
    }
}

package dev.meridian.filters.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.ratelimit.quota.Algorithm;
import dev.meridian.filters.ratelimit.quota.Rate;
import dev.meridian.filters.ratelimit.redis.Fleet.Part;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TakeArgumentsTests {

    private static final List<Rate> RATES = List.of(new Rate(10, 1_000_000), new Rate(1, 3_600_000_000L, 7));

    private static List<String> text(byte[][] arguments) {
        return Stream.of(arguments)
                .map(each -> new String(each, StandardCharsets.US_ASCII))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"SLIDING_WINDOW, s", "FIXED_WINDOW, f", "TOKEN_BUCKET, b", "SLIDING_LOG, l"})
    void algorithm_isOneLetter(Algorithm algorithm, String letter) {
        TakeArguments arguments = new TakeArguments(algorithm, RATES);
        assertThat(text(arguments.of(Part.WHOLE, 1, 1, 0, 0, null)).get(0)).isEqualTo(letter);
        assertThat(text(arguments.of(new Part(3, 4), 1, 1, 0, 0, null)).get(0)).isEqualTo(letter + "3/4");
    }

    @Test
    void rates_followOneAnother() {
        TakeArguments arguments = new TakeArguments(Algorithm.SLIDING_WINDOW, RATES);
        assertThat(text(arguments.of(Part.WHOLE, 2, 30, 4, 1_700_000_000_000_000L, null)))
                .containsExactly(
                        "s",
                        "2",
                        "30",
                        "4",
                        "1700000000000000",
                        "10",
                        "1000000",
                        "10",
                        "0",
                        "0",
                        "1",
                        "3600000000",
                        "7",
                        "0",
                        "0");
    }

    @Test
    void debt_isRoundedUp_andOfThisCallAlone() {
        TakeArguments arguments = new TakeArguments(Algorithm.SLIDING_WINDOW, RATES);
        SharedKey.Debt debt = new SharedKey.Debt(new double[] {1.2, 3}, new double[] {0.1, 9.9});
        assertThat(text(arguments.of(Part.WHOLE, 1, 1, 0, 0, debt)))
                .containsExactly(
                        "s", "1", "1", "0", "0", "10", "1000000", "10", "2", "1", "1", "3600000000", "7", "3", "10");
        assertThat(text(arguments.of(Part.WHOLE, 1, 1, 0, 0, null)))
                .endsWith("1", "3600000000", "7", "0", "0")
                .startsWith("s", "1", "1", "0", "0", "10", "1000000", "10", "0", "0");
    }

    @Test
    void debt_ofFewerRates_isTakenAsFarAsItGoes() {
        TakeArguments arguments = new TakeArguments(Algorithm.SLIDING_WINDOW, RATES);
        SharedKey.Debt debt = new SharedKey.Debt(new double[] {1}, new double[] {2});
        assertThat(text(arguments.of(Part.WHOLE, 1, 1, 0, 0, debt)))
                .endsWith("1", "2", "1", "3600000000", "7", "0", "0");
    }
}

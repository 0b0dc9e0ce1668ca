package dev.meridian.routes.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusRangeTests {

    @ParameterizedTest
    @CsvSource({
        "503,         503, 503, 503",
        "502-504,     502, 504, 502-504",
        "' 502 - 504 ', 502, 504, 502-504",
        "5xx,         500, 599, 500-599",
        "2XX,         200, 299, 200-299",
        "100-599,     100, 599, 100-599",
    })
    void of_threeForms_areRead(String text, int from, int to, String written) {
        assertThat(StatusRange.of(text)).isEqualTo(new StatusRange(from, to)).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abc",
                "xxx",
                "0xx",
                "6xx",
                "5x",
                "99",
                "600",
                "504-502",
                "200-",
                "-200",
                "200-299-300",
                "20 0"
            })
    void of_anythingElse_isRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StatusRange.of(text))
                .withMessageContaining("expected: ");
    }

    @Test
    void of_number_isOneStatus() {
        assertThat(StatusRange.of(404)).isEqualTo(new StatusRange(404, 404));
    }

    @ParameterizedTest
    @CsvSource({"501, false", "502, true", "503, true", "504, true", "505, false"})
    void contains_bothEndsIncluded(int status, boolean expected) {
        assertThat(new StatusRange(502, 504).contains(status)).isEqualTo(expected);
    }
}

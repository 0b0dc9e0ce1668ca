package dev.meridian.routes.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PercentTests {

    @ParameterizedTest
    @CsvSource({"0%, 0", "50%, 0.5", "100%, 1", "12.5%, 0.125", "' 7 % ', 0.07"})
    void of_share_isAFraction(String text, double fraction) {
        assertThat(Percent.of(text).fraction()).isCloseTo(fraction, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "50", "0.5", "-1%", "100.1%", "NaN%", "Infinity%", "half", "50 percent", "%50"})
    void of_anythingElse_isRefusedWithTheRemedy(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Percent.of(text))
                .withMessage(text + " (expected: 0% to 100%, as in 50%)");
    }

    @Test
    void of_bareNumber_isRefusedWithTheRemedy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Percent.of(50))
                .withMessage("50 (expected: 0% to 100%, as in 50%)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Percent.of(0.5))
                .withMessage("0.5 (expected: 0% to 100%, as in 50%)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0%", "7%", "14%", "29%", "50%", "12.5%", "99.9%", "100%"})
    void toString_isAsWritten(String text) {
        assertThat(Percent.of(text)).hasToString(text);
    }
}

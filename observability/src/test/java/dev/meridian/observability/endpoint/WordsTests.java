package dev.meridian.observability.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTests {

    @ParameterizedTest
    @CsvSource({
        "PT0S,0s",
        "PT0.001S,1ms",
        "PT1.5S,1500ms",
        "PT1S,1s",
        "PT90S,90s",
        "PT2M,2m",
        "PT36H,36h",
        "PT24H,1d",
        "P31D,31d"
    })
    void of_duration_isWrittenAsInYaml(Duration length, String words) {
        assertThat(Words.of(length)).isEqualTo(words);
    }

    @Test
    void seconds_areRoundedUp() {
        assertThat(Words.seconds(Duration.ZERO)).isZero();
        assertThat(Words.seconds(Duration.ofNanos(1))).isEqualTo(0.001);
        assertThat(Words.seconds(Duration.ofMillis(1500))).isEqualTo(1.5);
    }
}

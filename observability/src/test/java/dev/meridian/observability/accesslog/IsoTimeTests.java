package dev.meridian.observability.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.random.SeededRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsoTimeTests {

    private final IsoTime time = new IsoTime();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00.000Z",
                "1969-12-31T23:59:59.999Z",
                "2024-02-29T23:59:59.009Z",
                "2026-11-21T10:15:30.120Z",
                "9999-12-31T23:59:59.999Z"
            })
    void append_instant_isUtcToTheMillisecond(String expected) {
        assertThat(written(Instant.parse(expected).toEpochMilli())).isEqualTo(expected);
    }

    @Test
    void append_oneAfterTheOther_dependsOnNoneBefore() {
        DateTimeFormatter reference = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                .withZone(ZoneOffset.UTC);
        SeededRandom random = new SeededRandom(7);
        long millis = 1_800_000_000_000L;
        for (int i = 0; i < 2_000; i++) {
            millis += random.nextInt(-400, 900);
            assertThat(written(millis)).isEqualTo(reference.format(Instant.ofEpochMilli(millis)));
        }
    }

    private String written(long millis) {
        LineBuffer out = new LineBuffer(32);
        time.append(millis, out);
        return Entries.text(out);
    }
}

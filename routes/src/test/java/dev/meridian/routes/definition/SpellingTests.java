package dev.meridian.routes.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTests {

    private static final List<String> NAMES = List.of(
            "health-check",
            "outlier-detection",
            "region",
            "regions",
            "balance",
            "timeout",
            "retry",
            "Path",
            "StripPrefix");

    @ParameterizedTest
    @CsvSource({
        "balence, balance",
        "blaance, balance",
        "balanc, balance",
        "timeuot, timeout",
        "healthcheck, health-check",
        "HealthChek, health-check",
        "outlier_detectoin, outlier-detection",
        "regionn, region",
        "Regions, regions",
        "Pathh, Path",
        "path, Path",
        "StripPrefx, StripPrefix",
        "Strip-Prefix, StripPrefix",
    })
    void nearest_slip_isWhatWasMeant(String written, String meant) {
        assertThat(Spelling.nearest(written, NAMES)).isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({"colour", "x", "''", "stickysession", "pet"})
    void nearest_anotherWord_isNoGuess(String written) {
        assertThat(Spelling.nearest(written, NAMES)).isNull();
    }

    @Test
    void nearest_noNames_isNoGuess() {
        assertThat(Spelling.nearest("region", List.of())).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "a, '', 1",
        "abc, abc, 0",
        "abc, acb, 1",
        "abc, axc, 1",
        "abc, abcd, 1",
        "kitten, sitting, 3"
    })
    void distance_countsSlips(String a, String b, int slips) {
        assertThat(Spelling.distance(a, b)).isEqualTo(slips);
        assertThat(Spelling.distance(b, a)).isEqualTo(slips);
    }
}

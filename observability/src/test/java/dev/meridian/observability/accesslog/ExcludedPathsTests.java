package dev.meridian.observability.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExcludedPathsTests {

    private final ExcludedPaths excluded = new ExcludedPaths(List.of("/ping", "/health/**"));

    @ParameterizedTest
    @CsvSource({
        "/ping, true",
        "/ping/, false",
        "/ping/a, false",
        "/pin, false",
        "/health, true",
        "/health/, true",
        "/health/live/x, true",
        "/healthy, false",
        "/a/health, false",
        "/, false",
    })
    void contains_path_isExactOrBelow(String path, boolean expected) {
        assertThat(excluded.contains(path)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "/a/b", "/a/**", "/**"})
    void isValid_paths_are(String pattern) {
        assertThat(ExcludedPaths.isValid(pattern)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a/**", "/a*", "/a/*", "/**/a", "/a/**/b", "/a?", "**", "http://a/b"})
    void isValid_others_areNot(String pattern) {
        assertThat(ExcludedPaths.isValid(pattern)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "/a/b"})
    void contains_everything_whereAllIsExcluded(String path) {
        assertThat(new ExcludedPaths(List.of("/**")).contains(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a"})
    void contains_nothing_whereNothingIsExcluded(String path) {
        assertThat(new ExcludedPaths(List.of()).contains(path)).isFalse();
    }
}

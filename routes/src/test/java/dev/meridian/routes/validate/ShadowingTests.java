package dev.meridian.routes.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.validate.Shadowing.Candidate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShadowingTests {

    @ParameterizedTest
    @CsvSource({
        "/a/**, /a/b, true",
        "/a/**, /a/**, true",
        "/a/**, /a, true",
        "/a/**, /a/{id}/x/**, true",
        "/a/{*rest}, /a/b/c, true",
        "/**, /anything/at/all, true",
        "/a/{id}, /a/b, true",
        "/a/*, /a/{id}, true",
        "/a/{x}/b, /a/{y}/b, true",
        "/a/b, /a/{id}, false",
        "/a/{id}, /a/b/c, false",
        "/a/{id}, /a/**, false",
        "/a/b/**, /a/**, false",
        "/a/{id:[0-9]+}, /a/7, false",
        "/a/{id:[0-9]+}, /a/{id:[0-9]+}, true",
        "/a*, /ab, false",
        "/a/**/z, /a/b/z, false",
        "/a/b, /a/b/, false",
        "/a/{x}-{y}, /a/b, false",
    })
    void coversPath(String wide, String narrow, boolean covers) {
        assertThat(Shadowing.coversPath(wide, narrow)).isEqualTo(covers);
    }

    @Test
    void find_widerRouteFirst_shadowsTheLater() {
        assertThat(find(route(path("/a/**")), route(path("/a/b"), is("Method", "GET"))))
                .containsExactly(Map.entry(1, 0));
    }

    @Test
    void find_narrowerRouteFirst_shadowsNobody() {
        assertThat(find(route(path("/a/b")), route(path("/a/**")))).isEmpty();
        assertThat(find(route(path("/a/**"), is("Method", "GET")), route(path("/a/b"))))
                .isEmpty();
    }

    @Test
    void find_firstAsksForMore_shadowsOnlyWhoAsksForItToo() {
        Candidate[] routes = {
            route(path("/a/**"), is("Method", "GET", "POST"), is("Header", "X, 1")),
            route(path("/a/b"), is("Method", "GET")),
            route(path("/a/b"), is("Method", "GET"), is("Header", "X, 1")),
            route(path("/a/b"), is("Method", "PUT"), is("Header", "X, 1")),
        };
        assertThat(find(routes)).containsExactly(Map.entry(2, 0));
    }

    @Test
    void find_hostsAndPaths() {
        assertThat(find(
                        route(is("Host", "**.example.org")),
                        route(is("Host", "a.example.org"), path("/x")),
                        route(is("Host", "a.example.com"))))
                .containsExactly(Map.entry(1, 0));
    }

    @Test
    void find_onePatternOfSeveralIsFree_isNotShadowed() {
        assertThat(find(route(path("/a/**")), route(path("/a/b", "/c")))).isEmpty();
    }

    /** They say one thing now and another at the next request, or nobody knows what. */
    @Test
    void find_weightsAndOwnPredicates_shadowNobody() {
        assertThat(find(route(path("/a"), is("Weight", "g, 1")), route(path("/a"), is("Weight", "g, 1"))))
                .isEmpty();
        assertThat(find(route(is("Mine", "x")), route(is("Mine", "x")))).isEmpty();
    }

    @Test
    void find_ofSeveral_namesTheFirst() {
        assertThat(find(route(path("/b/**")), route(path("/**")), route(path("/b/**")), route(path("/b/c"))))
                .containsOnly(Map.entry(2, 0), Map.entry(3, 0));
    }

    private static Map<Integer, Integer> find(Candidate... routes) {
        List<Candidate> numbered = new ArrayList<>();
        Arrays.stream(routes).forEach(route -> numbered.add(new Candidate(numbered.size(), route.conditions())));
        return Shadowing.find(numbered);
    }

    private static Candidate route(Condition... conditions) {
        return new Candidate(0, List.of(conditions));
    }

    private static Condition path(String... patterns) {
        return is("Path", patterns);
    }

    private static Condition is(String predicate, String... values) {
        return new Condition(predicate, List.of(values));
    }
}

package dev.meridian.filters.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.discovery.KnownServices;
import dev.meridian.routes.validate.CandidateConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class FallbackCheckTests {

    private static final String ROUTES = "spring.cloud.gateway.server.webflux.routes";

    private static List<ConfigProblem> problems(String fallback, String... more) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("meridian.upstreams.orders.endpoints[0]", "http://10.0.0.1:80");
        properties.put(ROUTES + "[0].id", "orders");
        properties.put(ROUTES + "[0].uri", "lb://orders");
        properties.put(ROUTES + "[0].predicates[0]", "Path=/orders/**");
        properties.put(ROUTES + "[0].filters[0]", "StripPrefix=1");
        properties.put(ROUTES + "[0].filters[1]", fallback);
        properties.put(ROUTES + "[1].id", "spare");
        properties.put(ROUTES + "[1].uri", "lb://orders");
        properties.put(ROUTES + "[1].predicates[0]", "Path=/spare/{id},/other");
        properties.put("spring.cloud.discovery.client.simple.instances.discovered[0].uri", "http://10.0.0.2:80");
        for (int i = 0; i < more.length; i += 2) {
            properties.put(more[i], more[i + 1]);
        }
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        ConfigProblems problems = new ConfigProblems(environment);
        FallbackCheck.check(new CandidateConfig(environment), new KnownServices(false), problems);
        return problems.all();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Fallback=forward:/spare/1",
                "Fallback=forward:/other,502-504",
                "Fallback=forward:/orders/none",
                "Fallback=lb://orders",
                "Fallback=lb://discovered"
            })
    void whatIsThere_isFine(String fallback) {
        assertThat(problems(fallback)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Fallback=forward:/nowhere, a path that a route serves",
        "Fallback=forward:/spare, a path that a route serves",
        "Fallback=lb://order, the name of an upstream: orders"
    })
    void whatIsNotThere_isRefusedWithItsPlace(String fallback, String expected) {
        assertThat(problems(fallback)).singleElement().satisfies(problem -> {
            assertThat(problem.property()).isEqualTo(ROUTES + "[0].filters[1]");
            assertThat(problem.value()).isEqualTo(fallback);
            assertThat(problem.expected()).startsWith(expected);
        });
    }

    @Test
    void routeWithoutAPath_mayServeAnything() {
        assertThat(problems(
                        "Fallback=forward:/nowhere",
                        ROUTES + "[2].uri",
                        "lb://orders",
                        ROUTES + "[2].predicates[0]",
                        "Method=GET"))
                .isEmpty();
    }
}

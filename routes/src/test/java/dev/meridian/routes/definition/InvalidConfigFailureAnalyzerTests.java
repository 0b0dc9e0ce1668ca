package dev.meridian.routes.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;

class InvalidConfigFailureAnalyzerTests {

    private final InvalidConfigFailureAnalyzer analyzer = new InvalidConfigFailureAnalyzer();

    @Test
    void analyze_problems_printsEachWithItsPlace() {
        ConfigProblems problems = new ConfigProblems(Yaml.environment("""
                meridian:
                  upstreams:
                    orders:
                      endpoints:
                        - nonsense
                """));
        problems.add("meridian.upstreams.orders.endpoints[0]", "nonsense", "a uri");
        problems.require(true, "meridian.region", "fine", "never seen");
        problems.require(false, "meridian.upstreams.stock.endpoints", null, "at least one uri");

        FailureAnalysis analysis = analysis(problems);

        assertThat(analysis.getDescription()).isEqualToNormalizingNewlines("""
                The configuration is not valid:

                    Property: meridian.upstreams.orders.endpoints[0]
                    Value: "nonsense"
                    Origin: Byte array resource [gateway.yml] - 5:11
                    Expected: a uri

                    Property: meridian.upstreams.stock.endpoints
                    Expected: at least one uri""");
        assertThat(analysis.getAction()).isEqualTo("Correct the properties named above.");
    }

    @Test
    void analyze_nameInCapitals_hasItsPlaceToo() {
        ConfigProblems problems =
                new ConfigProblems(Yaml.environment("meridian: { upstreams: { Orders: { endpoints: [nonsense] } } }"));
        problems.add("meridian.upstreams.Orders.endpoints[0]", "nonsense", "a uri");

        assertThat(analysis(problems).getDescription()).contains("Origin: Byte array resource [gateway.yml] - 1:");
    }

    @Test
    void analyze_wrapped_isFoundInTheCauses() {
        InvalidConfigException cause =
                new InvalidConfigException(List.of(new ConfigProblem("meridian.region", "x", "y", null)));

        FailureAnalysis analysis = analyzer.analyze(new IllegalStateException(new RuntimeException(cause)));

        assertThat(Objects.requireNonNull(analysis).getCause()).isSameAs(cause);
    }

    @Test
    void analyze_anotherFailure_isLeftToOthers() {
        assertThat(analyzer.analyze(new IllegalStateException("x"))).isNull();
    }

    @Test
    void exception_message_hasEveryProblemInOneLine() {
        assertThat(new InvalidConfigException(List.of(
                        new ConfigProblem("meridian.a", 1, "2 or more", null),
                        new ConfigProblem("meridian.b", null, "something", null))))
                .hasMessage("meridian.a: 1 (expected: 2 or more); meridian.b: null (expected: something)");
    }

    @Test
    void throwIfAny_withoutProblems_doesNothing() {
        new ConfigProblems(Yaml.environment("a: 1")).throwIfAny();
    }

    private FailureAnalysis analysis(ConfigProblems problems) {
        InvalidConfigException thrown = assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(problems::throwIfAny)
                .actual();
        return Objects.requireNonNull(analyzer.analyze(thrown));
    }
}

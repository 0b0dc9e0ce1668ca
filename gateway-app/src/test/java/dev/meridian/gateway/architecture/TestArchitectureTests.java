package dev.meridian.gateway.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for all classes, tests of all modules included, as far as they have been compiled. */
class TestArchitectureTests {

    private static final List<String> TESTS = List.of(
            "org.junit.jupiter.api.Test",
            "org.junit.jupiter.api.RepeatedTest",
            "org.junit.jupiter.params.ParameterizedTest");

    /** Without what they call: the names of calls and annotations are enough here, and reading all of Spring is slow. */
    private static final JavaClasses ALL = ArchConfiguration.withThreadLocalScope(configuration -> {
        configuration.setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter().importPaths(compiled());
    });

    @Test
    void tests_ofThisModuleAtLeast_areSeen() {
        assertThat(ALL.contain(TestArchitectureTests.class)).isTrue();
    }

    @Test
    void verifyComplete_isCalledByNobody() {
        noClasses()
                .should()
                .callMethodWhere(describe("a verify of StepVerifier without a time", TestArchitectureTests::isEndless))
                .because("it can block indefinitely: expectComplete().verify(Duration) ends a test that hangs")
                .check(ALL);
    }

    @Test
    void testClasses_areNamedSoThatTheyAreRun() {
        classes()
                .that(describe(
                        "have tests of their own",
                        type -> type.getMethods().stream()
                                .anyMatch(method -> TESTS.stream().anyMatch(method::isAnnotatedWith))))
                .and()
                .areTopLevelClasses()
                .should()
                .haveNameMatching(".*(Tests|Test|IT)")
                .because("Surefire runs *Test and *Tests, Failsafe *IT; any other name is never run")
                .check(ALL);
    }

    private static boolean isEndless(JavaCall<?> call) {
        String name = call.getTarget().getName();
        boolean timed = !call.getTarget().getRawParameterTypes().isEmpty()
                && call.getTarget().getRawParameterTypes().get(0).isEquivalentTo(Duration.class);
        return call.getTargetOwner().getPackageName().equals("reactor.test")
                && (name.equals("verifyComplete")
                        || name.startsWith("verifyError")
                        || !timed && (name.equals("verify") || name.equals("verifyThenAssertThat")));
    }

    private static List<Path> compiled() {
        Path root = root();
        return Stream.of("routes", "filters", "observability", "gateway-app", "src/testkit", "src/e2e", "src/bench")
                .flatMap(module -> Stream.of("target/classes", "target/test-classes")
                        .map(output -> root.resolve(module).resolve(output)))
                .filter(Files::isDirectory)
                .toList();
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("gateway-app")) ? here : here.getParent();
    }
}

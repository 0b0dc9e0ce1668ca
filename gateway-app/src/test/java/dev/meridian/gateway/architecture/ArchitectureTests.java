package dev.meridian.gateway.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** What holds between the classes of all modules, each rule with its reason. */
@AnalyzeClasses(
        packages = "dev.meridian",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTests.WithoutTestkit.class})
class ArchitectureTests {

    private static final String ROOT = "dev.meridian.";

    // ---- modules and packages

    @ArchTest
    static final ArchRule modulesPointOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("gateway-app")
            .definedBy(ROOT + "gateway..")
            .layer("observability")
            .definedBy(ROOT + "observability..")
            .layer("filters")
            .definedBy(ROOT + "filters..")
            .layer("routes")
            .definedBy(ROOT + "routes..")
            .whereLayer("gateway-app")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("observability")
            .mayOnlyBeAccessedByLayers("gateway-app")
            .whereLayer("filters")
            .mayOnlyBeAccessedByLayers("gateway-app", "observability")
            .whereLayer("routes")
            .mayOnlyBeAccessedByLayers("gateway-app", "observability", "filters")
            .because("each of them is a library of its own, which any gateway application can add without the others"
                    + " above it (DESIGN.md, The house)");

    @ArchTest
    static final ArchRule everyClassBelongsToAModule = classes()
            .should()
            .resideInAnyPackage(ROOT + "gateway..", ROOT + "observability..", ROOT + "filters..", ROOT + "routes..")
            .because("a package outside of the modules' would escape the rules about them");

    @ArchTest
    static final ArchRule routesHaveNoPackageCycles = noCyclesIn("routes");

    @ArchTest
    static final ArchRule filtersHaveNoPackageCycles = noCyclesIn("filters");

    @ArchTest
    static final ArchRule observabilityHasNoPackageCycles = noCyclesIn("observability");

    @ArchTest
    static final ArchRule gatewayAppHasNoPackageCycles = noCyclesIn("gateway");

    @ArchTest
    static final ArchRule packagesAreNullMarked = classes()
            .should(resideInANullMarkedPackage())
            .because("NullAway checks marked packages only; an unmarked one looks safe and is not");

    // ---- auto-configuration

    @ArchTest
    static final ArchRule autoConfigurationsAreFinal = classes()
            .that()
            .areAnnotatedWith(AutoConfiguration.class)
            .should()
            .haveModifier(JavaModifier.FINAL)
            .andShould()
            .bePublic()
            .because("applications name them to exclude them, and never extend them");

    @ArchTest
    static final ArchRule autoConfigurationsAreNamedSo = classes()
            .that()
            .areAnnotatedWith(AutoConfiguration.class)
            .should()
            .haveSimpleNameEndingWith("AutoConfiguration")
            .because("that is how they are found in the condition report");

    @ArchTest
    static final ArchRule beanMethodsArePackagePrivate = methods()
            .that()
            .areAnnotatedWith(Bean.class)
            .should()
            .bePackagePrivate()
            .because("beans are asked of the context; a method that can be called makes a second one");

    // ---- reactive code

    @ArchTest
    static final ArchRule nothingBlocks = noClasses()
            .should()
            .callMethodWhere(target("reactor.core.publisher.", "block", "blockOptional", "blockFirst", "blockLast"))
            .orShould()
            .callMethodWhere(target("reactor.core.publisher.", "toIterable", "toStream"))
            .because("a blocked event loop holds up every connection that lives on it");

    @ArchTest
    static final ArchRule nothingSleeps = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class)
            .because("waiting is a deadline of an event loop or a scheduler, never a thread's time");

    // ---- output

    @ArchTest
    static final ArchRule nobodyWritesToTheConsole = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + "gateway.Console")
            .should(ACCESS_STANDARD_STREAMS)
            .because("the log is for machines too; the one place that speaks to a person is Console");

    @ArchTest
    static final ArchRule nobodyPrintsAStackTrace = noClasses()
            .should()
            .callMethodWhere(describe(
                    "Throwable.printStackTrace()",
                    call -> call.getTarget().getName().equals("printStackTrace")
                            && call.getTargetOwner().isAssignableTo(Throwable.class)
                            && call.getTarget().getRawParameterTypes().isEmpty()))
            .because("it goes past the log, without level, time or trace id");

    private static ArchRule noCyclesIn(String module) {
        return slices().assignedFrom(new Packages(ROOT + module))
                .should()
                .beFreeOfCycles()
                .because("packages that need each other are one, and can only be understood together")
                .allowEmptyShould(true);
    }

    private static DescribedPredicate<JavaCall<?>> target(String ownersPackage, String... names) {
        return JavaCall.Predicates.target(owner(resideInAPackage(ownersPackage + ".")))
                .and(describe(
                        "one of " + List.of(names),
                        call -> List.of(names).contains(call.getTarget().getName())));
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a package whose package-info is @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage()
                        .tryGetPackageInfo()
                        .map(info -> info.isAnnotatedWith(NullMarked.class))
                        .orElse(false);
                events.add(new SimpleConditionEvent(
                        type, marked, "package " + type.getPackageName() + " (of " + type.getSimpleName() + ")"));
            }
        };
    }

    /** A module's packages, its root included, each by itself. */
    private record Packages(String root) implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            boolean inside =
                    type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
            return inside ? SliceIdentifier.of(type.getPackageName()) : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages of " + root;
        }
    }

    /** The testkit is no part of what is shipped. */
    static final class WithoutTestkit implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("/dev/meridian/testkit/");
        }
    }
}

package dev.meridian.gateway.command;

import dev.meridian.gateway.startup.FileProblem;
import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.routes.validate.ConfigValidator;
import dev.meridian.routes.validate.ModuleSettings;
import dev.meridian.routes.validate.Validation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.context.ApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.ConfigurableEnvironment;

/** All that can be found out about a configuration without starting anything. */
final class Checks {

    private static final Pattern PORT =
            Pattern.compile("-1|\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5]");

    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> known = new HashSet<>();

    /**
     * What was found.
     *
     * @param findings errors first
     * @param answer to what was asked, {@code null} where there are errors or nothing was asked
     */
    record Outcome(List<Finding> findings, @Nullable Map<String, Object> answer) {}

    /**
     * Checks the file, and asks if it is valid.
     *
     * @param ask {@code null} for nothing
     */
    static Outcome run(
            Path file,
            List<String> options,
            Class<?> application,
            @Nullable Function<ApplicationContext, Map<String, Object>> ask) {
        Checks checks = new Checks();
        ConfigurableEnvironment environment = checks.read(file, options);
        Map<String, Object> answer = environment == null ? null : checks.check(environment, application, ask);
        checks.findings.sort(Finding.BY_SEVERITY_AND_PLACE);
        return new Outcome(List.copyOf(checks.findings), answer);
    }

    private @Nullable ConfigurableEnvironment read(Path file, List<String> options) {
        try {
            return OfflineEnvironment.read(file, options);
        } catch (RuntimeException e) {
            FileProblem problem = FileProblem.of(e);
            if (problem == null) {
                failed(e);
            } else {
                String place = problem.file().isEmpty() ? null : ConfigProblem.shown(Path.of(problem.file()));
                String at = place == null || problem.line() == 0
                        ? place
                        : place + ":" + problem.line() + ":" + problem.column();
                findings.add(new Finding(Finding.ERROR, null, problem.problem(), problem.advice(), null, at));
            }
            return null;
        }
    }

    /** Which of them is wrong stands in no module's settings, and keeps the context from being made at all. */
    private void ports(ConfigurableEnvironment environment) {
        ConfigProblems problems = new ConfigProblems(environment);
        for (String name : OfflineEnvironment.PORTS) {
            String written = environment.getProperty(name);
            boolean port = written == null
                    || written.isBlank()
                    || PORT.matcher(written.trim()).matches();
            problems.require(port, name, written, "a port, 1 to 65535; 0 for any that is free, -1 for none");
        }
        problems.all().forEach(problem -> add(Finding.ERROR, problem));
        OfflineEnvironment.withoutPorts(environment);
    }

    private @Nullable Map<String, Object> check(
            ConfigurableEnvironment environment,
            Class<?> application,
            @Nullable Function<ApplicationContext, Map<String, Object>> ask) {
        ports(environment);
        try (OfflineContext context = new OfflineContext(environment, application)) {
            context.refresh();
            Validation found = context.getBean(ConfigValidator.class).validate(environment);
            found.wrong().forEach(problem -> add(Finding.ERROR, problem));
            found.warnings().forEach(problem -> add(Finding.WARNING, problem));
            ModuleSettings.check(context.getBeanFactory(), this::settingsFailed);
            return ask == null || anyError() ? null : ask.apply(context);
        } catch (UsageException e) {
            throw e;
        } catch (RuntimeException e) {
            failed(e);
            return null;
        }
    }

    private void settingsFailed(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidConfigException invalid) {
                invalid.problems().forEach(problem -> add(Finding.ERROR, problem));
                return;
            }
            if (cause instanceof BindException && anyError()) {
                return; // the key's own problem has been told
            }
        }
        failed(failure);
    }

    private boolean anyError() {
        return findings.stream().anyMatch(finding -> finding.severity().equals(Finding.ERROR));
    }

    private void add(String severity, ConfigProblem problem) {
        if (known.add(problem.property() + " " + problem.value())) {
            findings.add(Finding.of(severity, problem));
        }
    }

    private void failed(Throwable failure) {
        String message = Objects.toString(
                NestedExceptionUtils.getMostSpecificCause(failure).getMessage(),
                failure.getClass().getName());
        if (known.add(message)) {
            findings.add(
                    new Finding(Finding.ERROR, null, message, "The gateway would not start with this.", null, null));
        }
    }
}

package dev.meridian.gateway.command;

import dev.meridian.routes.definition.ConfigProblem;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** {@code validate FILE}: tells everything that is wrong with a configuration. */
final class ValidateCommand {

    static final String USAGE = "validate FILE [--format=text|json] [--PROPERTY=VALUE ...]";

    private final Class<?> application;
    private final Consumer<String> out;

    ValidateCommand(Class<?> application, Consumer<String> out) {
        this.application = application;
        this.out = out;
    }

    /** @return what the process exits with: 0 where nothing but warnings was found, else 1 */
    int run(List<String> args) {
        Arguments arguments = Arguments.parse(args, Set.of(Arguments.FORMAT));
        boolean json = arguments.json();
        if (arguments.words().size() != 1) {
            throw new UsageException("one file is validated at a time: " + USAGE);
        }
        Path file = Path.of(arguments.words().get(0));
        List<Finding> findings =
                Checks.run(file, arguments.options(), application, null).findings();
        out.accept(report(file, findings, json));
        return Report.of("", findings).valid() ? 0 : 1;
    }

    static String report(Path file, List<Finding> findings, boolean json) {
        Report report = Report.of(ConfigProblem.shown(file), findings);
        return json ? Json.text(report) : text(report);
    }

    private static String text(Report report) {
        String found = report.problems().stream()
                .map(finding -> finding.text() + "\n\n")
                .collect(Collectors.joining());
        return found + report.file() + ": " + (report.valid() ? "valid" : "not valid") + counts(report);
    }

    private static String counts(Report report) {
        if (report.problems().isEmpty()) {
            return "";
        }
        return ", " + counted(report.errors(), "error") + ", " + counted(report.warnings(), "warning");
    }

    private static String counted(long count, String what) {
        return (count == 0 ? "no" : count) + " " + what + (count == 1 ? "" : "s");
    }

    /** As it is printed in JSON. */
    record Report(String file, boolean valid, long errors, long warnings, List<Finding> problems) {

        static Report of(String file, List<Finding> problems) {
            long errors = problems.stream()
                    .filter(finding -> finding.severity().equals(Finding.ERROR))
                    .count();
            return new Report(file, errors == 0, errors, problems.size() - errors, problems);
        }
    }
}

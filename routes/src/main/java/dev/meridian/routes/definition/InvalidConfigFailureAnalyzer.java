package dev.meridian.routes.definition;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints each {@link ConfigProblem} with its place, in place of a stack trace. */
public final class InvalidConfigFailureAnalyzer extends AbstractFailureAnalyzer<InvalidConfigException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidConfigException cause) {
        return analysis(cause);
    }

    /** The same of one that did not end a start. */
    public static FailureAnalysis analysis(InvalidConfigException cause) {
        StringBuilder description = new StringBuilder("The configuration is not valid:");
        for (ConfigProblem problem : cause.problems()) {
            description.append(String.format("%n%n    Property: %s", problem.property()));
            if (problem.value() != null) {
                description.append(String.format("%n    Value: \"%s\"", problem.value()));
            }
            if (problem.origin() != null) {
                description.append(String.format("%n    Origin: %s", problem.origin()));
            }
            description.append(String.format("%n    Expected: %s", problem.expected()));
            if (problem.suggestion() != null) {
                description.append(String.format("%n    Did you mean: %s", problem.suggestion()));
            }
        }
        return new FailureAnalysis(description.toString(), "Correct the properties named above.", cause);
    }
}

package dev.meridian.gateway.startup;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports invalid YAML by file, line and column with what is likely wrong; Boot itself prints a stack trace. */
final class InvalidYamlFailureAnalyzer extends AbstractFailureAnalyzer<InvalidYamlException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidYamlException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.problem().advice(), cause);
    }
}

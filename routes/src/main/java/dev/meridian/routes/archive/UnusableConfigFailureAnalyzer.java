package dev.meridian.routes.archive;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says that the gateway is about to start all the same. */
final class UnusableConfigFailureAnalyzer extends AbstractFailureAnalyzer<UnusableConfigException> {

    @Override
    protected FailureAnalysis analyze(Throwable root, UnusableConfigException cause) {
        return new FailureAnalysis(
                cause.getMessage() + ".",
                "None now: the gateway starts from the last good configuration instead, and takes over what is to be read"
                        + " as soon as that is good.",
                cause);
    }
}

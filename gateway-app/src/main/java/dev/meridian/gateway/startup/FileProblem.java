package dev.meridian.gateway.startup;

import org.jspecify.annotations.Nullable;

/**
 * Why a configuration file could not be read, for whoever reports it elsewhere than in the log.
 *
 * @param file as the operator finds it; empty where it is not known
 * @param line from 1; 0 where there is none
 * @param column from 1; 0 where there is none
 * @param problem what is wrong
 * @param advice what to do
 */
public record FileProblem(String file, int line, int column, String problem, String advice) {

    /** What the failure says, {@code null} where it is none of a configuration file. */
    public static @Nullable FileProblem of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidYamlException yaml) {
                YamlProblem problem = yaml.problem();
                return new FileProblem(
                        yaml.file(), problem.line(), problem.column(), problem.problem(), problem.advice());
            }
        }
        var analysis = new ConfigFileFailureAnalyzer().analyze(failure);
        return analysis == null
                ? null
                : new FileProblem(
                        "", 0, 0, String.valueOf(analysis.getDescription()), String.valueOf(analysis.getAction()));
    }
}

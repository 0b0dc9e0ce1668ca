package dev.meridian.gateway.startup;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.YAMLException;

/** A configuration file that is not valid YAML. The message says where and what. */
final class InvalidYamlException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String file;
    private final transient YamlProblem problem;

    InvalidYamlException(String file, YamlProblem problem, @Nullable YAMLException cause) {
        super(problem.describe(file), cause);
        this.file = file;
        this.problem = problem;
    }

    String file() {
        return file;
    }

    YamlProblem problem() {
        return problem;
    }
}

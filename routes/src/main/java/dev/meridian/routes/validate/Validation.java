package dev.meridian.routes.validate;

import dev.meridian.routes.definition.ConfigProblem;
import java.util.List;

/**
 * What was found.
 *
 * @param errors for which the configuration must not take effect
 * @param warnings what works, but most likely not as it was meant
 */
public record Validation(List<ConfigProblem> errors, List<ConfigProblem> warnings) {

    public Validation {
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }

    public boolean isValid() {
        return errors.isEmpty();
    }
}

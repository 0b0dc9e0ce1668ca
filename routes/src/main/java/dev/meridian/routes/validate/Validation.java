package dev.meridian.routes.validate;

import dev.meridian.routes.definition.ConfigProblem;
import java.util.List;
import java.util.stream.Stream;

/**
 * What was found.
 *
 * @param errors for which the configuration must not take effect
 * @param tolerated what is wrong as well, but Spring Cloud Gateway starts in spite of it: a file that is being written must
 *     not have it, a gateway that would run must not be kept from it
 * @param warnings what works, but most likely not as it was meant
 */
public record Validation(List<ConfigProblem> errors, List<ConfigProblem> tolerated, List<ConfigProblem> warnings) {

    public Validation {
        errors = List.copyOf(errors);
        tolerated = List.copyOf(tolerated);
        warnings = List.copyOf(warnings);
    }

    public boolean isValid() {
        return errors.isEmpty() && tolerated.isEmpty();
    }

    /** All that is wrong, whether or not a start would go on. */
    public List<ConfigProblem> wrong() {
        return Stream.concat(errors.stream(), tolerated.stream()).toList();
    }

    /** All that a start or a change that takes effect has to tell. */
    public List<ConfigProblem> toTell() {
        return Stream.concat(tolerated.stream(), warnings.stream()).toList();
    }
}

package dev.meridian.routes.validate;

import dev.meridian.routes.definition.ConfigProblem;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    private static final Pattern ROUTE = Pattern.compile(Pattern.quote(StockKeys.ROOT) + "\\.routes\\[(\\d{1,9})]");

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

    /** Which of the routes the problem is one of, as they are numbered; -1 where it is none of one route. */
    public static int routeOf(ConfigProblem problem) {
        Matcher route = ROUTE.matcher(problem.property());
        return route.lookingAt() ? Integer.parseInt(route.group(1)) : -1;
    }
}

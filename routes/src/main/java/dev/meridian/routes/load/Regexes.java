package dev.meridian.routes.load;

import dev.meridian.routes.regex.Backtracking;
import dev.meridian.routes.regex.Backtracking.Verdict;
import org.jspecify.annotations.Nullable;

/** Regular expressions in the arguments of a route: a client must not be able to keep the gateway busy with one. */
public final class Regexes {

    /** What would be right, for a message. */
    public static final String EXPECTED =
            "a regular expression that comes to an end: with this one each further character of a request may double the"
                    + " time, since a repeated part can match the same text in several ways";

    private Regexes() {}

    /**
     * Of an argument, whatever it means: one that is no expression does not repeat groups.
     *
     * @param whole whether a whole text must match, as predicates ask; filters search
     */
    public static Verdict verdict(@Nullable String value, boolean whole) {
        if (value == null) {
            return Verdict.HARMLESS;
        }
        Verdict variables = Backtracking.ofVariables(value);
        if (variables != Verdict.HARMLESS) {
            return variables;
        }
        return whole ? Backtracking.ofMatch(value) : Backtracking.ofSearch(value);
    }
}

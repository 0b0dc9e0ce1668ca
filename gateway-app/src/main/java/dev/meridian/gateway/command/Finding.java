package dev.meridian.gateway.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.meridian.routes.definition.ConfigProblem;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One problem as it is reported.
 *
 * @param property {@code null} where it is the whole file's; then {@code value} says what is wrong, {@code expected} what
 *     to do
 * @param severity {@code error} or {@code warning}
 * @param place {@code file:line:column} as far as known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Finding(
        String severity,
        @Nullable String property,
        @Nullable String value,
        String expected,
        @JsonProperty("did-you-mean") @Nullable String didYouMean,
        @JsonProperty("at") @Nullable String place) {

    private static final Pattern PLACE = Pattern.compile(":(\\d+):(\\d+)$");

    static final String ERROR = "error";
    static final String WARNING = "warning";

    /** Errors first, each as they stand in the file. */
    static final Comparator<Finding> BY_SEVERITY_AND_PLACE = Comparator.comparing(Finding::severity)
            .thenComparing(Finding::file)
            .thenComparingInt(finding -> finding.number(1))
            .thenComparingInt(finding -> finding.number(2));

    static Finding of(String severity, ConfigProblem problem) {
        Object value = problem.value();
        return new Finding(
                severity,
                problem.property(),
                value == null ? null : value.toString(),
                problem.expected(),
                problem.suggestion(),
                problem.place());
    }

    private String file() {
        return place == null ? "" : PLACE.matcher(place).replaceFirst("");
    }

    private int number(int group) {
        Matcher matcher = PLACE.matcher(place == null ? "" : place);
        return matcher.find() ? Integer.parseInt(matcher.group(group)) : 0;
    }

    /** In lines of text, the first of which says where. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append(place == null ? "" : place + ": ").append(severity);
        if (property == null) {
            // Not one property's: what is wrong, and what to do.
            return text.append(value == null ? "" : ": " + value)
                    .append("\n    ")
                    .append(expected.replace("\n", "\n    "))
                    .toString();
        }
        text.append("\n    ").append(property);
        if (value != null) {
            text.append(": ").append(value);
        }
        text.append("\n    expected: ").append(expected.replace("\n", "\n    "));
        if (didYouMean != null) {
            text.append("\n    did you mean: ").append(didYouMean);
        }
        return text.toString();
    }
}

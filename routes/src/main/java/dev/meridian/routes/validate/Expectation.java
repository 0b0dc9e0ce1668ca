package dev.meridian.routes.validate;

import dev.meridian.routes.definition.Spelling;
import java.net.URI;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.ResolvableType;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.FieldError;

/** Says in a user's words what a value should have been. */
final class Expectation {

    private static final Pattern EXPECTED = Pattern.compile("(?s).*\\(expected: (.*)\\)");
    private static final Pattern NO_CONSTANT = Pattern.compile("No enum constant (?:.*\\.)?(\\w+)\\.(\\w+)");

    private Expectation() {}

    static String of(ResolvableType type) {
        Class<?> raw = type.resolve(Object.class);
        if (raw == Duration.class) {
            return "a duration like 500ms, 2s or 1m";
        } else if (raw == DataSize.class) {
            return "a size like 512KB or 10MB";
        } else if (raw == Boolean.class || raw == boolean.class) {
            return "true or false";
        } else if (raw == Integer.class || raw == int.class || raw == Long.class || raw == long.class) {
            return "a whole number";
        } else if (raw == Double.class || raw == double.class || raw == Float.class || raw == float.class) {
            return "a number";
        } else if (raw == URI.class) {
            return "a uri";
        } else if (raw.isEnum()) {
            return "one of " + String.join(", ", constants(raw));
        } else if (raw == PredicateDefinition.class || raw == FilterDefinition.class) {
            return (raw == PredicateDefinition.class ? "a predicate: " : "a filter: NAME, ")
                    + "NAME=ARGUMENTS, or name: and args: below it; inside [ ], what has a comma must stand in quotes";
        }
        return "a value of type " + raw.getSimpleName();
    }

    /** The same, in the words of the failure where it has some for users. */
    static String of(ResolvableType type, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = Objects.toString(cause.getMessage(), "");
            Matcher said = EXPECTED.matcher(message);
            if (said.matches()) {
                return said.group(1);
            }
        }
        return of(type);
    }

    /** What went wrong, where no type says what would be right. */
    static String of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindValidationException invalid) {
                return invalid.getValidationErrors().getAllErrors().stream()
                        .map(error -> (error instanceof FieldError field ? field.getField() + " " : "")
                                + error.getDefaultMessage())
                        .sorted()
                        .reduce((a, b) -> a + "; " + b)
                        .orElse("valid arguments");
            }
        }
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        String message = Objects.toString(root.getMessage(), root.getClass().getSimpleName());
        Matcher constant = NO_CONSTANT.matcher(message);
        if (constant.matches()) {
            return "a " + constant.group(1) + ", which " + constant.group(2) + " is not";
        } else if (root instanceof DateTimeParseException) {
            return "a time like 2026-01-31T12:00:00+01:00[Europe/Paris]";
        } else if (root instanceof NumberFormatException) {
            return "a number, which " + message.replaceFirst("(?i)^for input string: ", "") + " is not";
        }
        return message.lines().findFirst().orElse(message).trim();
    }

    static @Nullable String suggestion(ResolvableType type, String written) {
        Class<?> raw = type.resolve(Object.class);
        return raw.isEnum() ? Spelling.nearest(written, constants(raw)) : null;
    }

    private static List<String> constants(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> Spelling.written((Enum<?>) constant))
                .toList();
    }
}

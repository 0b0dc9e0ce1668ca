package dev.meridian.routes.definition;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;

/**
 * One thing that is wrong with the configuration.
 *
 * @param property the full path, as in {@code meridian.upstreams.orders.endpoints[0].uri}
 * @param value what stands there, or {@code null} where something is missing
 * @param expected what would be right, in words that complete "expected: …"
 * @param origin file, line and column where Boot knows them
 * @param suggestion what was most likely meant, or {@code null}
 */
public record ConfigProblem(
        String property,
        @Nullable Object value,
        String expected,
        @Nullable Origin origin,
        @Nullable String suggestion) {

    /** One without a guess at what was meant. */
    public ConfigProblem(String property, @Nullable Object value, String expected, @Nullable Origin origin) {
        this(property, value, expected, origin, null);
    }

    @Override
    public String toString() {
        return property + ": " + value + " (expected: " + expected + ")"
                + (suggestion == null ? "" : ", did you mean " + suggestion + "?")
                + (origin == null ? "" : ", at " + origin);
    }
}

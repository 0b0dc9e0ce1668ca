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
 */
public record ConfigProblem(
        String property,
        @Nullable Object value,
        String expected,
        @Nullable Origin origin) {

    @Override
    public String toString() {
        return property + ": " + value + " (expected: " + expected + ")" + (origin == null ? "" : ", at " + origin);
    }
}

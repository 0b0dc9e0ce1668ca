package dev.meridian.filters.ratelimit;

import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many units a request takes: a number for all, or one for each method.
 *
 * @param get of a GET; default {@code other}
 * @param head of a HEAD; default {@code other}
 * @param post of a POST; default {@code other}
 * @param put of a PUT; default {@code other}
 * @param patch of a PATCH; default {@code other}
 * @param delete of a DELETE; default {@code other}
 * @param options of an OPTIONS; default {@code other}
 * @param other of methods that are not named; default 1
 */
public record CostDefinition(
        @Nullable Integer get,
        @Nullable Integer head,
        @Nullable Integer post,
        @Nullable Integer put,
        @Nullable Integer patch,
        @Nullable Integer delete,
        @Nullable Integer options,
        @DefaultValue("1") int other) {

    /** The same for all; found by Boot's converter by this name. */
    public static CostDefinition of(String number) {
        try {
            return of(Integer.valueOf(number.trim()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    number + " (expected: a number of units, or one for each method as in {post: 5, other: 1})");
        }
    }

    /** The same for all. */
    public static CostDefinition of(Integer number) {
        return new CostDefinition(null, null, null, null, null, null, null, number);
    }

    /** What the dearest request takes. */
    int most() {
        return Stream.of(get, head, post, put, patch, delete, options, other)
                .filter(Objects::nonNull)
                .mapToInt(Integer::intValue)
                .max()
                .orElse(other);
    }

    /** @param method as the request has it; what is no method of HTTP counts as {@code other} */
    int of(org.springframework.http.HttpMethod method) {
        Integer own = switch (method.name()) {
            case "GET" -> get;
            case "HEAD" -> head;
            case "POST" -> post;
            case "PUT" -> put;
            case "PATCH" -> patch;
            case "DELETE" -> delete;
            case "OPTIONS" -> options;
            default -> null;
        };
        return own == null ? other : own;
    }
}

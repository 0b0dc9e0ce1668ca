package dev.meridian.routes.validate;

import java.util.List;

/**
 * One predicate of a route.
 *
 * @param predicate its factory's name
 * @param values patterns, methods or hosts of which one must hold; else all arguments, in a fixed order
 */
record Condition(String predicate, List<String> values) {

    Condition {
        values = List.copyOf(values);
    }
}

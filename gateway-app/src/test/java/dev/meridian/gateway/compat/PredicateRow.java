package dev.meridian.gateway.compat;

import java.util.Arrays;
import java.util.List;

/**
 * A predicate factory with requests that reach the backend and requests that no route takes.
 *
 * @param factory its name as in a configuration
 */
record PredicateRow(String factory, List<Call> matching, List<Call> others) {

    static PredicateRow predicate(String factory) {
        return new PredicateRow(factory, List.of(), List.of());
    }

    PredicateRow takes(Call... calls) {
        return new PredicateRow(factory, Arrays.asList(calls), others);
    }

    PredicateRow leaves(Call... calls) {
        return new PredicateRow(factory, matching, Arrays.asList(calls));
    }

    @Override
    public String toString() {
        return factory;
    }
}

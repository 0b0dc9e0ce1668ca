package dev.meridian.gateway.compat;

import dev.meridian.testkit.backend.Behaviour;

/**
 * A filter factory, a request through a route that uses it, and what must be seen then.
 *
 * @param factory its name as in a configuration
 * @param effect what it does, in words
 * @param backend how the backends answer
 */
record FilterRow(String factory, String effect, Behaviour backend, Call call, Check check) {

    @FunctionalInterface
    interface Check {
        void accept(Seen seen) throws Exception;
    }

    static FilterRow filter(String factory, String effect, Call call, Check check) {
        return new FilterRow(factory, effect, Behaviour.echo(), call, check);
    }

    FilterRow answering(Behaviour behaviour) {
        return new FilterRow(factory, effect, behaviour, call, check);
    }

    @Override
    public String toString() {
        return factory + " " + effect;
    }
}

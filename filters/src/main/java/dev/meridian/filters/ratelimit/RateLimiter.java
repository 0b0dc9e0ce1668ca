package dev.meridian.filters.ratelimit;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** A policy at work: the store that it is counted in, and what has become of requests. Thread-safe. */
public final class RateLimiter {

    private final Function<Policy, LimitStore> stores;
    private final LongAdder[] outcomes = new LongAdder[Outcome.values().length];
    private volatile State state;

    RateLimiter(Policy policy, Function<Policy, LimitStore> stores) {
        this.stores = stores;
        this.state = new State(policy, stores.apply(policy));
        for (int i = 0; i < outcomes.length; i++) {
            outcomes[i] = new LongAdder();
        }
    }

    Policy policy() {
        return state.policy;
    }

    LimitStore store() {
        return state.store;
    }

    /** Goes by another version of the policy. What is counted stays, unless it is to be counted elsewhere. */
    synchronized void change(Policy next) {
        State before = state;
        if (before.policy.shared() == next.shared()) {
            before.store.change(next);
            state = new State(next, before.store);
        } else {
            state = new State(next, stores.apply(next));
            before.store.close();
        }
    }

    void close() {
        state.store.close();
    }

    void count(Outcome outcome) {
        outcomes[outcome.ordinal()].increment();
    }

    /** How many requests have ended so since the policy has been there. */
    public long counted(Outcome outcome) {
        return outcomes[outcome.ordinal()].sum();
    }

    /** What a policy says to a request. */
    public enum Outcome {
        ADMITTED,
        REFUSED,
        /** Refused, if the policy were in earnest. */
        SHADOW_REFUSED,
        /** Not concerned. */
        EXEMPT,
        /** Without the key. */
        MISSING_KEY,
        /** Let pass because nothing could be counted. */
        UNCOUNTED,
        /** Turned away because nothing could be counted. */
        UNAVAILABLE
    }

    private record State(Policy policy, LimitStore store) {}
}

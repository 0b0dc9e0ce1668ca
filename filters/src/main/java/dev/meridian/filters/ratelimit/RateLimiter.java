package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.RateLimitDefinition.StoreKind;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import reactor.core.publisher.Mono;

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

    /** What routes call it. */
    public String name() {
        return state.policy.name();
    }

    /** What is written of it. */
    public RateLimitDefinition definition() {
        return state.policy.definition();
    }

    /** Where it is counted, whether that is written or not. */
    public StoreKind countedIn() {
        return state.policy.shared() ? StoreKind.REDIS : StoreKind.LOCAL;
    }

    /** Whether keys are kept and shown as hashes only, whether that is written or not. */
    public boolean privacy() {
        return state.policy.privacy();
    }

    /** A part of an override's key as it may be shown: hashed where keys are. */
    public String shown(String part) {
        return privacy() && !part.equals(PolicyOverride.Part.ANY) ? KeyText.of(part, true) : part;
    }

    /** How many keys this process knows. */
    public long keys() {
        return state.store.keys();
    }

    /** The keys that have taken the most of their limit, as far as this process knows. Looks at all: not for an event loop. */
    public List<BusyKey> busiest(int count) {
        return state.store.busiest(count);
    }

    /**
     * How it stands with a key, without counting.
     *
     * @param key as a person writes it: its parts, or one text of all parts joined by {@code |}; hashes stand for what they
     *     are the hashes of
     * @throws IllegalArgumentException for what no key of this policy looks like
     */
    public Mono<KeyState> look(List<String> key) {
        State now = state;
        return now.store.state(WrittenKey.parse(now.policy, key));
    }

    /**
     * Forgets what a key has taken; {@code key} as above.
     *
     * @throws IllegalArgumentException for what no key of this policy looks like
     */
    public Mono<Void> reset(List<String> key) {
        State now = state;
        return now.store.reset(WrittenKey.parse(now.policy, key));
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

package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Grant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Where one policy is counted. Thread-safe; nothing here blocks. */
interface LimitStore {

    /** Answered in place of a count where nothing could be counted, and the policy lets everything pass. */
    Grant UNCOUNTED = new Grant(1, 0, -1, 0, 0, 0);

    /** The same where it lets nothing pass. */
    Grant UNAVAILABLE = new Grant(0, 0, -1, 0, 0, 0);

    /**
     * Takes units.
     *
     * @param units 1 or more
     * @param later told the answer, once, where it is not known at once; in any thread
     * @return the answer, or {@code null} where it comes later
     */
    @Nullable
    Grant take(LimitKey key, int units, Later later);

    /** Undoes what was granted, because another policy refuses. */
    void giveBack(LimitKey key, Grant granted);

    /** How it stands with a key, without counting. */
    Mono<Grant> look(LimitKey key, int units);

    /** How it stands with each rate of a key, without counting. */
    Mono<KeyState> state(LimitKey key);

    /** Forgets what a key has taken. */
    Mono<Void> reset(LimitKey key);

    /** Goes by another version of the policy from now on. */
    void change(Policy next);

    /** The keys that have taken the most of their limit, as far as this process knows. */
    List<BusyKey> busiest(int count);

    /** How many keys this process knows. */
    long keys();

    /** Gives back what it holds. */
    default void close() {}

    /** Waits for an answer. */
    @FunctionalInterface
    interface Later {
        void onAnswer(Grant answer);
    }
}

package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Grant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Answers what a test says, at once or when it says so. */
final class FakeStore implements LimitStore {

    /** What happens, in its order: {@code take KEY×UNITS}, {@code back UNITS}, {@code change}, {@code close}. */
    final List<String> events = new ArrayList<>();

    private @Nullable Grant answer;
    private @Nullable Later waiting;

    static Grant granted(int units, long remaining) {
        return new Grant(units, 1, 0, remaining, 700_000, 0);
    }

    static Grant refused(long waitMicros) {
        return new Grant(0, 1, 0, 0, 700_000, waitMicros);
    }

    /** @param at once from now on; {@code null} makes it wait for {@link #answer} */
    FakeStore answering(@Nullable Grant at) {
        answer = at;
        return this;
    }

    boolean isAsked() {
        return waiting != null;
    }

    void answer(Grant late) {
        Later told = waiting;
        waiting = null;
        if (told == null) {
            throw new IllegalStateException("nobody asks");
        }
        told.onAnswer(late);
    }

    @Override
    public @Nullable Grant take(LimitKey key, int units, Later later) {
        events.add("take " + key.text() + "×" + units);
        if (answer == null) {
            waiting = later;
        }
        return answer;
    }

    @Override
    public void giveBack(LimitKey key, Grant granted) {
        events.add("back " + granted.granted());
    }

    @Override
    public Mono<Grant> look(LimitKey key, int units) {
        return Mono.empty();
    }

    @Override
    public Mono<KeyState> state(LimitKey key) {
        return Mono.empty();
    }

    @Override
    public Mono<Void> reset(LimitKey key) {
        return Mono.empty();
    }

    @Override
    public void change(Policy next) {
        events.add("change");
    }

    @Override
    public List<BusyKey> busiest(int count) {
        return List.of();
    }

    @Override
    public long keys() {
        return 0;
    }

    @Override
    public void close() {
        events.add("close");
    }
}

package dev.meridian.filters.overload;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The gateway's limit and those of its upstreams. A change keeps what is counted of those that stay. Thread-safe. */
public final class OverloadLimits {

    private volatile State state;

    public OverloadLimits(WrittenLimits written) {
        this.state = State.EMPTY.with(written);
    }

    /** Whether there is any limit at all. */
    boolean any() {
        return state.any;
    }

    /** The whole gateway's; {@code null} for none. */
    public @Nullable ConcurrencyLimit gateway() {
        return state.gateway;
    }

    /** The upstream's; {@code null} for none. */
    public @Nullable ConcurrencyLimit upstream(String name) {
        return state.upstreams.get(name);
    }

    /** Those of upstreams, by name. */
    public Map<String, ConcurrencyLimit> upstreams() {
        return state.upstreams;
    }

    /** Goes by these from now on. */
    synchronized void change(WrittenLimits written) {
        state = state.with(written);
    }

    private static final class State {

        static final State EMPTY = new State(null, Map.of());

        final @Nullable ConcurrencyLimit gateway;
        final Map<String, ConcurrencyLimit> upstreams;
        final boolean any;

        State(@Nullable ConcurrencyLimit gateway, Map<String, ConcurrencyLimit> upstreams) {
            this.gateway = gateway;
            this.upstreams = Map.copyOf(upstreams);
            this.any = gateway != null || !upstreams.isEmpty();
        }

        State with(WrittenLimits written) {
            Map<String, ConcurrencyLimit> next = new LinkedHashMap<>();
            written.upstreams().forEach((name, settings) -> next.put(name, changed(upstreams.get(name), settings)));
            LimitSettings whole = written.gateway();
            return new State(whole == null ? null : changed(gateway, whole), next);
        }

        private static ConcurrencyLimit changed(@Nullable ConcurrencyLimit known, LimitSettings settings) {
            if (known == null) {
                return new ConcurrencyLimit(settings);
            }
            if (!known.settings().equals(settings)) {
                known.change(settings);
            }
            return known;
        }
    }
}

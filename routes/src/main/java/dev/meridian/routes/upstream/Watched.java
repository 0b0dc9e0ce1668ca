package dev.meridian.routes.upstream;

import dev.meridian.routes.breaker.Breaker;
import org.jspecify.annotations.Nullable;

/** What a circuit breaker may watch: a region or an endpoint. Thread-safe but for {@link #breakerChanged()}. */
public abstract class Watched {

    private volatile @Nullable Breaker breaker;
    private int judgedEpoch;

    Watched() {}

    /** Who watches its requests; {@code null} where nobody does, or somebody else. */
    public final @Nullable Breaker breaker() {
        return breaker;
    }

    public final void breaker(@Nullable Breaker watching) {
        breaker = watching;
    }

    /** Whether its breaker lets requests pass without being asked. */
    public final boolean passes() {
        Breaker watching = breaker;
        return watching == null || watching.passes();
    }

    /** Whether its breaker has changed its state since this was asked last; by the one thread that judges. */
    public final boolean breakerChanged() {
        Breaker watching = breaker;
        int epoch = watching == null ? 0 : watching.epoch();
        boolean changed = epoch != judgedEpoch;
        judgedEpoch = epoch;
        return changed;
    }
}

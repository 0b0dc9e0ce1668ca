package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.RateLimitDefinition.StoreKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How it is with the place where limits are counted that hold for all gateways. Asked of a bean of type {@code
 * Supplier<StoreState>}, which answers at once from what is known.
 *
 * @param kind {@code LOCAL} where no Redis is set up
 * @param available whether it answers
 * @param gateways that count together, this one among them; while Redis does not answer as many as there were last; 1 or more
 * @param since when it has become so, {@code null} where it has always been
 * @param problem why it does not answer, {@code null} where it does
 */
public record StoreState(
        StoreKind kind,
        boolean available,
        int gateways,
        @Nullable Instant since,
        @Nullable String problem) {

    /** Everything is counted in this process, which is always there. */
    public static final StoreState OF_THIS_PROCESS = new StoreState(StoreKind.LOCAL, true, 1, null, null);
}

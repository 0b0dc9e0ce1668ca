package dev.meridian.filters.resilience;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The budgets of all upstreams, by name: an upstream that is made anew has the one that it had, also where its share has
 * changed. Thread-safe.
 */
public final class RetryBudgets {

    private static final long KEEP_NANOS = Duration.ofMinutes(10).toNanos();

    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private final LongSupplier ticker;

    /** @param ticker nanoseconds, as {@link System#nanoTime()} */
    public RetryBudgets(LongSupplier ticker) {
        this.ticker = ticker;
    }

    /** The upstream's, a new one where it has none yet. */
    public RetryBudget of(String upstream) {
        Known found = known.get(upstream);
        return found != null ? found.budget : add(upstream);
    }

    /** The upstream's, {@code null} where none of its requests has been sent yet. */
    public @Nullable RetryBudget find(String upstream) {
        Known found = known.get(upstream);
        return found == null ? null : found.budget;
    }

    private RetryBudget add(String upstream) {
        long now = ticker.getAsLong();
        // Upstreams come and go with the configuration; that is when those are forgotten that nobody asks any more.
        known.values().removeIf(each -> now - each.addedNanos > KEEP_NANOS && each.budget.requests(now) == 0);
        return known.computeIfAbsent(upstream, name -> new Known(new RetryBudget(now), now)).budget;
    }

    private record Known(RetryBudget budget, long addedNanos) {}
}

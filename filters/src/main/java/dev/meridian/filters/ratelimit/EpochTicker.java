package dev.meridian.filters.ratelimit;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Microseconds since the epoch that never go back: the wall clock as it was once, and what has passed since. Thread-safe. */
final class EpochTicker implements LongSupplier {

    private final LongSupplier ticker;
    private final long start;
    private final long epochMicros;

    /** @param ticker nanoseconds that never go back */
    EpochTicker(LongSupplier ticker, long epochMillis) {
        this.ticker = ticker;
        this.start = ticker.getAsLong();
        this.epochMicros = TimeUnit.MILLISECONDS.toMicros(epochMillis);
    }

    @Override
    public long getAsLong() {
        return epochMicros + (ticker.getAsLong() - start) / 1000;
    }
}

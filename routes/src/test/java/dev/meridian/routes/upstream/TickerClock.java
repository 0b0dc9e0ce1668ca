package dev.meridian.routes.upstream;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/** The time of day that goes on as a ticker does. */
public final class TickerClock extends Clock {

    private final LongSupplier ticker;
    private final long begin;

    public TickerClock(LongSupplier ticker) {
        this.ticker = ticker;
        this.begin = ticker.getAsLong();
    }

    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(ticker.getAsLong() - begin);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}

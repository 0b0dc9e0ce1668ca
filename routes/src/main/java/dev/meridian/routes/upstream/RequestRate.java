package dev.meridian.routes.upstream;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Admits at most so many requests per second, evenly: the generic cell rate algorithm (ITU-T I.371). A short burst of a
 * tenth of a second's worth, or five requests, passes. Thread-safe, without locks.
 */
public final class RequestRate {

    private static final long SECOND = 1_000_000_000L;
    private static final long BURST_NANOS = SECOND / 10;
    private static final int BURST_REQUESTS = 5;

    /** When the next request would come if all came at the full rate; meaningless until the first. */
    private final AtomicLong expectedNanos = new AtomicLong();

    private volatile boolean begun;

    /** Whether {@link #tryTake} would admit one now; takes nothing. */
    public boolean hasRoom(int perSecond, long nowNanos) {
        long interval = SECOND / perSecond;
        long burst = Math.max(BURST_NANOS, BURST_REQUESTS * interval);
        return !begun || expectedNanos.get() - nowNanos <= burst - interval;
    }

    /** @param perSecond above 0 */
    public boolean tryTake(int perSecond, long nowNanos) {
        long interval = SECOND / perSecond;
        long burst = Math.max(BURST_NANOS, BURST_REQUESTS * interval);
        if (!begun) {
            expectedNanos.set(nowNanos);
            begun = true;
        }
        while (true) {
            long expected = expectedNanos.get();
            long ahead = expected - nowNanos;
            if (ahead > burst - interval) {
                return false;
            }
            long next = Math.max(ahead, 0) + nowNanos + interval;
            if (expectedNanos.compareAndSet(expected, next)) {
                return true;
            }
        }
    }
}

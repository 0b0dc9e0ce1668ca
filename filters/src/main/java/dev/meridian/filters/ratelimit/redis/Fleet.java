package dev.meridian.filters.ratelimit.redis;

import java.util.function.LongSupplier;

/**
 * How many gateways count together, and what part of a limit is this one's while they cannot. The last number that was known
 * is kept while nobody can be asked. Also keeps the time of Redis, so that all agree on when a window begins. Thread-safe.
 */
public final class Fleet {

    private final LongSupplier micros;
    private final long graceMicros;
    private volatile Members members = new Members(1, 0);
    private volatile long offset;
    private volatile boolean known;
    /** How many there were before it was lost; 0 where it is not lost. */
    private int before;

    private long returning;
    private volatile Part part = Part.WHOLE;

    /**
     * @param micros since the epoch by this machine's clock, never going back
     * @param graceMicros how long after a return the others are waited for
     */
    public Fleet(LongSupplier micros, long graceMicros) {
        this.micros = micros;
        this.graceMicros = graceMicros;
    }

    /** The time by Redis' clock, in microseconds since the epoch. */
    public long now() {
        return micros.getAsLong() + offset;
    }

    /** How many gateways there are, at least this one. */
    public int size() {
        return members.count;
    }

    /** Which of them this one is, 0 to {@link #size()} - 1. */
    public int rank() {
        return members.rank;
    }

    /** Whether Redis has ever been asked. */
    public boolean isKnown() {
        return known;
    }

    /**
     * What part of a limit those may use together that count in Redis again, while others that have not found back yet use
     * theirs.
     */
    public Part part() {
        return part;
    }

    /** The answer to a heartbeat that was sent at {@code sent} by this machine's clock. */
    synchronized void onHeartbeat(int count, int rank, long redisMicros, long sent) {
        long now = micros.getAsLong();
        offset = redisMicros - (sent + now) / 2;
        known = true;
        if (returning != 0 && now - returning < graceMicros && count < before) {
            part = new Part(count, before);
            members = new Members(before, Math.min(rank, before - 1));
            return;
        }
        if (before > 0 && returning == 0) {
            // It is not certain that the others have been heard of again.
            members = new Members(Math.max(before, count), rank);
            return;
        }
        returning = 0;
        before = 0;
        part = Part.WHOLE;
        members = new Members(Math.max(1, count), Math.max(0, rank));
    }

    /** Redis is there no more. */
    public synchronized void onLost() {
        if (before == 0) {
            before = members.count;
        }
        returning = 0;
    }

    /** It is there again. */
    public synchronized void onFound() {
        if (before > 0) {
            returning = Math.max(1, micros.getAsLong());
        }
    }

    private record Members(int count, int rank) {}

    /**
     * Some of all.
     *
     * @param some 1 or more, not more than {@code of}
     */
    public record Part(int some, int of) {

        public static final Part WHOLE = new Part(1, 1);

        public boolean isWhole() {
            return some >= of;
        }

        /** The part of a number, rounded down. */
        public long apply(long whole) {
            return isWhole() ? whole : whole * some / of;
        }
    }
}

package dev.meridian.filters.ratelimit.redis;

import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * How many gateways count together, and what part of a limit is this one's while they cannot. The last number that was known
 * is kept while nobody can be asked. Also keeps the time of Redis, so that all agree on when a window begins. Thread-safe.
 */
public final class Fleet {

    /** What is over so soon has kept this gateway alone from being answered: the others have not gone by themselves. */
    private static final long BLIP_MICROS = 200_000;

    private final LongSupplier micros;
    private final long graceMicros;
    private volatile Members members = new Members(1, 0);
    private volatile long offset;
    private volatile boolean known;
    private volatile Part part = Part.WHOLE;

    /** Which Redis are lost: there are several in a cluster. */
    private final Set<String> lost = new HashSet<>();
    /** How many gateways there were before the first one was lost; 0 where all is as it should be. */
    private int before;

    private long lostAt;
    private long foundAt;
    /** Since when there have been fewer than are gone by; 0 where there are not. */
    private long fewerSince;

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

    /** Whether there is a Redis that this gateway does not count in at present. */
    synchronized boolean isOut() {
        return !lost.isEmpty();
    }

    /** From when on the others must have been heard of, by Redis' clock in microseconds; 0 where it does not matter when. */
    synchronized long since() {
        return before > 0 && lost.isEmpty() && foundAt - lostAt >= BLIP_MICROS ? lostAt + offset : 0;
    }

    /**
     * The answer to a heartbeat that was sent at {@code sent} by this machine's clock.
     *
     * @param heard how many count in Redis, and have said so {@link #since} this one lost it
     */
    public synchronized void onHeartbeat(int count, int rank, int heard, long redisMicros, long sent) {
        long now = micros.getAsLong();
        offset = redisMicros - (sent + now) / 2;
        known = true;
        if (before == 0) {
            count(count, rank, now);
        } else if (!lost.isEmpty()) {
            // It is not certain that the others have been heard of again.
            if (count >= before) {
                members = new Members(count, rank);
            }
        } else if (now - foundAt < graceMicros && heard < before) {
            part = new Part(Math.max(1, heard), before);
        } else {
            before = 0;
            part = Part.WHOLE;
            count(count, rank, now);
        }
    }

    /** More are believed at once. Fewer may be but what a Redis that has forgotten them says, until they speak up. */
    private void count(int count, int rank, long now) {
        if (count < members.count) {
            if (fewerSince == 0) {
                fewerSince = now;
            }
            if (now - fewerSince < graceMicros) {
                return;
            }
        }
        fewerSince = 0;
        members = new Members(Math.max(1, count), Math.max(0, rank));
    }

    /** This Redis is there no more. */
    public synchronized void onLost(String redis) {
        if (before == 0) {
            before = members.count;
        }
        if (lost.isEmpty()) {
            lostAt = micros.getAsLong();
        }
        lost.add(redis);
    }

    /** It is there again, and knows all that has passed without it. */
    public synchronized void onFound(String redis) {
        if (lost.remove(redis) && lost.isEmpty()) {
            foundAt = micros.getAsLong();
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
    }
}

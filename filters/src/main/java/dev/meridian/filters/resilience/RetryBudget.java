package dev.meridian.filters.resilience;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What an upstream's requests may cost beyond themselves: of the last ten seconds' requests a share may have been sent
 * again, and three always may. A dead upstream so sees little more than its requests, however often each may be sent.
 * Thread-safe, without locks; counting a request allocates nothing.
 *
 * <p>Each second has a slot of 64 bits: which second it is (20 bits), retries (20) and requests (24) of it. A slot is
 * taken over by the second that comes sixteen later.
 */
public final class RetryBudget {

    /** That many may always be made in ten seconds. */
    public static final int FLOOR = 3;

    /** And that many where a connection that had lain idle was at fault: so many may die together. */
    private static final int REPAIR_FLOOR = 32;

    private static final int SECONDS = 10;
    private static final int SLOTS = 16;
    private static final long NANOS = 1_000_000_000L;
    private static final int REQUEST_BITS = 24;
    private static final int RETRY_BITS = 20;
    private static final long REQUESTS = (1L << REQUEST_BITS) - 1;
    private static final long RETRIES = (1L << RETRY_BITS) - 1;
    private static final long ONE_RETRY = 1L << REQUEST_BITS;
    private static final int SECOND_SHIFT = REQUEST_BITS + RETRY_BITS;
    private static final long SECOND = (1L << (Long.SIZE - SECOND_SHIFT)) - 1;

    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);
    private final long baseNanos;

    /** @param nowNanos the time, as in all methods; it starts here */
    public RetryBudget(long nowNanos) {
        // A slot that nobody has written says second 0, which is so never a second that counts.
        this.baseNanos = nowNanos - (SLOTS + 1) * NANOS;
    }

    /** A request is sent for the first time. */
    public void onRequest(long nowNanos) {
        long second = second(nowNanos);
        int at = (int) (second & SLOTS - 1);
        while (true) {
            long slot = slots.get(at);
            long current = of(slot, second);
            if ((current & REQUESTS) == REQUESTS || slots.compareAndSet(at, slot, current + 1)) {
                return;
            }
        }
    }

    /**
     * Takes the right to send a request once more.
     *
     * @param share of the requests, 0 to 1
     */
    public boolean tryRetry(double share, long nowNanos) {
        return tryTake(FLOOR, share, nowNanos);
    }

    /** Likewise, where it goes to the same endpoint since a connection that was used before has not taken it. */
    public boolean tryRepair(double share, long nowNanos) {
        return tryTake(REPAIR_FLOOR, share, nowNanos);
    }

    private boolean tryTake(int floor, double share, long nowNanos) {
        long second = second(nowNanos);
        int at = (int) (second & SLOTS - 1);
        while (true) {
            long slot = slots.get(at);
            long current = of(slot, second);
            if (left(floor, sum(second, at, current), share) <= 0 || (current >>> REQUEST_BITS & RETRIES) == RETRIES) {
                return false;
            }
            if (slots.compareAndSet(at, slot, current + ONE_RETRY)) {
                return true;
            }
        }
    }

    /** It was not sent once more after all. */
    public void giveBack(long nowNanos) {
        long second = second(nowNanos);
        for (long back = second; back > second - 2; back--) {
            int at = (int) (back & SLOTS - 1);
            long slot = slots.get(at);
            while (slot >>> SECOND_SHIFT == (back & SECOND) && (slot >>> REQUEST_BITS & RETRIES) > 0) {
                if (slots.compareAndSet(at, slot, slot - ONE_RETRY)) {
                    return;
                }
                slot = slots.get(at);
            }
        }
    }

    /** How many retries could be made now. */
    public int left(double share, long nowNanos) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, left(FLOOR, sum(nowNanos), share)));
    }

    /** Requests of the last ten seconds. */
    public int requests(long nowNanos) {
        return (int) Math.min(Integer.MAX_VALUE, sum(nowNanos) >>> Integer.SIZE);
    }

    /** Retries of the last ten seconds. */
    public int retries(long nowNanos) {
        return (int) sum(nowNanos);
    }

    private long sum(long nowNanos) {
        long second = second(nowNanos);
        int at = (int) (second & SLOTS - 1);
        return sum(second, at, of(slots.get(at), second));
    }

    /** Requests in the upper half, retries in the lower. */
    private long sum(long second, int at, long current) {
        long requests = current & REQUESTS;
        long retries = current >>> REQUEST_BITS & RETRIES;
        for (int back = 1; back < SECONDS; back++) {
            long slot = slots.get(at - back & SLOTS - 1);
            if (slot >>> SECOND_SHIFT == (second - back & SECOND)) {
                requests += slot & REQUESTS;
                retries += slot >>> REQUEST_BITS & RETRIES;
            }
        }
        return requests << Integer.SIZE | retries;
    }

    private static long left(int floor, long sum, double share) {
        return Math.max(floor, (long) ((sum >>> Integer.SIZE) * share)) - (int) sum;
    }

    private static long of(long slot, long second) {
        long stamp = second & SECOND;
        return slot >>> SECOND_SHIFT == stamp ? slot : stamp << SECOND_SHIFT;
    }

    private long second(long nowNanos) {
        return (nowNanos - baseNanos) / NANOS;
    }
}

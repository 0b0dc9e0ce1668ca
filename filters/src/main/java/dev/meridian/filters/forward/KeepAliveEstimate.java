package dev.meridian.filters.forward;

import java.util.concurrent.TimeUnit;

/**
 * Learns how long a backend keeps an unused connection, so that requests are not sent on one that it is about to close.
 * Decision only: time is passed in.
 *
 * <p>A connection that the peer closed after lying idle for a time is evidence that it closes them after that time; not
 * proof, since a restart closes all of them. So it counts for a minute, and only with a margin. A backend that closes
 * each connection after one answer, without saying so, is recognised by never having served two on one.
 */
final class KeepAliveEstimate {

    private static final long EVIDENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** Closed sooner than this counts as closed at once. */
    private static final long AT_ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** So many connections in a row that served one request each. */
    private static final int SINGLE_USES = 3;

    private long configuredNanos;
    private long seenNanos = Long.MAX_VALUE;
    private long seenAt;
    private int singleUses;
    private long singleUseAt;

    KeepAliveEstimate(long configuredNanos) {
        this.configuredNanos = configuredNanos;
    }

    /** How long a connection may lie unused as far as the configuration is concerned. */
    void configure(long nanos) {
        configuredNanos = nanos;
    }

    /**
     * The peer closed a connection that no request was on.
     *
     * @param idleNanos how long it had been unused
     * @param served requests that it had carried
     */
    void onPeerClosed(long idleNanos, int served, long now) {
        if (idleNanos >= AT_ONCE_NANOS) {
            if (idleNanos < seenNanos || now - seenAt > EVIDENCE_NANOS) {
                seenNanos = idleNanos;
                seenAt = now;
            }
        } else if (served == 1) {
            singleUses++;
            singleUseAt = now;
        }
    }

    /** A connection served its second request. */
    void onReused() {
        singleUses = 0;
    }

    /** Whether anything has been learned that still counts. */
    boolean hasEvidence(long now) {
        return singleUses > 0 && now - singleUseAt <= EVIDENCE_NANOS || hasSeen(now);
    }

    /** How long a connection may have been unused to be used again, in nanoseconds; 0 for not at all. */
    long maxIdleNanos(long now) {
        if (singleUses >= SINGLE_USES && now - singleUseAt <= EVIDENCE_NANOS) {
            return 0;
        }
        return hasSeen(now) ? Math.min(configuredNanos, seenNanos / 5 * 4) : configuredNanos;
    }

    private boolean hasSeen(long now) {
        return seenNanos != Long.MAX_VALUE && now - seenAt <= EVIDENCE_NANOS;
    }
}

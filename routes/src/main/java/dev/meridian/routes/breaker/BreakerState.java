package dev.meridian.routes.breaker;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;

/** What a breaker does with requests, in the words of Resilience4j. */
public enum BreakerState {
    /** Lets them pass, and counts how they go. */
    CLOSED,
    /** Lets none pass, until its time is over. */
    OPEN,
    /** Lets a few pass, to see. */
    HALF_OPEN,
    /** Lets none pass, by an operator's order. */
    FORCED_OPEN,
    /** Lets them pass whatever becomes of them, by an operator's order. */
    DISABLED;

    /** Whether requests pass without being asked. */
    public boolean passes() {
        return this == CLOSED || this == DISABLED;
    }

    /** As it is written and shown. */
    public String words() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    static BreakerState of(CircuitBreaker.State state) {
        return switch (state) {
            case OPEN -> OPEN;
            case HALF_OPEN -> HALF_OPEN;
            case FORCED_OPEN -> FORCED_OPEN;
            case DISABLED -> DISABLED;
            case CLOSED, METRICS_ONLY -> CLOSED;
        };
    }
}

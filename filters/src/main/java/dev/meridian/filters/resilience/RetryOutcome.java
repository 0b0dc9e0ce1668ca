package dev.meridian.filters.resilience;

import org.jspecify.annotations.Nullable;

/** What has become of a request that has failed in a way for which requests of its upstream are sent again. */
public enum RetryOutcome {
    /** It was sent again. */
    RETRIED,
    /** It was sent as often as it may be. */
    ATTEMPTS_EXHAUSTED,
    /** Too many others have been sent again. */
    BUDGET_EXHAUSTED,
    /** No other endpoint was there. */
    NO_ENDPOINT,
    /** The upstream may have acted on it, and acting twice is not the same as once. */
    NOT_SAFE,
    /** Its body has not been kept. */
    NOT_REPEATABLE,
    /** The upstream has said when to come back, and that is too late. */
    TOLD_TO_WAIT;

    /** What becomes of it by the decision alone; {@code null} where something else decides, or nobody had asked for it. */
    public static @Nullable RetryOutcome of(RetryDecision decision) {
        return switch (decision) {
            case EXHAUSTED -> ATTEMPTS_EXHAUSTED;
            case NOT_SAFE -> NOT_SAFE;
            case NOT_REPEATABLE -> NOT_REPEATABLE;
            case TOLD_TO_WAIT -> TOLD_TO_WAIT;
            case RETRY, NOT_ASKED_FOR -> null;
        };
    }
}

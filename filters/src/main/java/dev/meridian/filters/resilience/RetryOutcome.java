package dev.meridian.filters.resilience;

/** What has become of a request that has failed and that it was safe to send again. */
public enum RetryOutcome {
    /** It was sent again. */
    RETRIED,
    /** It was sent as often as it may be. */
    ATTEMPTS_EXHAUSTED,
    /** Too many others have been sent again. */
    BUDGET_EXHAUSTED,
    /** No other endpoint was there. */
    NO_ENDPOINT
}

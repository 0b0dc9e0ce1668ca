package dev.meridian.routes.definition;

/** What has a circuit breaker of its own. */
public enum BreakerScope {
    /** The whole upstream: when it is open, nothing of it is used. */
    UPSTREAM,
    /** Each region: when it is open, the others take its requests. */
    REGION,
    /** Each endpoint: when it is open, the others of its region take its requests. */
    ENDPOINT
}

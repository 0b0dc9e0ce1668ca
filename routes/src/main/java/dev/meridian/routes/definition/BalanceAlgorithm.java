package dev.meridian.routes.definition;

/** How an endpoint is picked inside a region. */
public enum BalanceAlgorithm {
    /** In turn, each as often as its weight says. */
    ROUND_ROBIN,
    /** By chance, weighted. */
    RANDOM,
    /** Of two drawn by weight, the one with fewer requests under way for its weight. */
    LEAST_REQUEST,
    /** Of two drawn by weight, the one that should answer sooner: time to first byte and requests under way. */
    LEAST_RESPONSE_TIME,
    /** Of two drawn by weight, the one that reports the lower utilisation (ORCA). */
    RESOURCE,
    /** The same key goes to the same endpoint, while that is not overloaded. */
    HASH
}

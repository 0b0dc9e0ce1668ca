package dev.meridian.routes.definition;

/** What has gone wrong with a request that may be sent again. */
public enum RetryCondition {
    /** There was no connection: the address did not resolve, was refused or not reached, TLS failed. Nothing was sent. */
    CONNECT_FAILURE,
    /** The upstream has said that it has not looked at it (RFC 9113 §8.7). */
    REFUSED_STREAM,
    /** The connection broke off before the answer began. */
    RESET_BEFORE_RESPONSE,
    /** The answer did not begin in time. */
    TIMEOUT
}

package dev.meridian.filters.resilience;

/**
 * What a decision to send a request again needs to know of it.
 *
 * @param idempotent by its method (RFC 9110 §9.2.2), or because its client vouches for it
 * @param replayable whether all of its body is still there; so it is where there is none
 * @param retries made so far
 */
public record SentRequest(boolean idempotent, boolean replayable, int retries) {}

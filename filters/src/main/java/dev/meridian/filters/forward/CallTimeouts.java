package dev.meridian.filters.forward;

/**
 * The deadlines of one call, in milliseconds.
 *
 * @param connectMillis for a connection with its TLS handshake
 * @param responseMillis from the end of the request to the response's head; 0 for none, where a route asks for that
 * @param idleMillis between two parts of a body
 */
record CallTimeouts(int connectMillis, long responseMillis, long idleMillis) {}

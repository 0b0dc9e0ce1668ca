package dev.meridian.filters.forward;

/**
 * The deadlines of one call, in milliseconds.
 *
 * @param connectMillis for a connection
 * @param tlsMillis for its TLS handshake
 * @param responseMillis from the end of the request to the response's head; 0 for none, where a route asks for that
 * @param idleMillis between two parts of a body
 * @param totalMillis for all calls of one request together; 0 for none
 */
record CallTimeouts(int connectMillis, int tlsMillis, long responseMillis, long idleMillis, long totalMillis) {}

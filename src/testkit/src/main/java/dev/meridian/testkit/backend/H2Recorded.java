package dev.meridian.testkit.backend;

import dev.meridian.testkit.http.Headers;

/**
 * The head of a request that a {@link H2Backend} received.
 *
 * @param connection names the TCP connection it came on
 * @param protocol {@code HTTP/2.0} or {@code HTTP/1.1}
 * @param method the method
 * @param target path and query
 * @param headers the fields; HTTP/2's pseudo fields are left out, {@code :authority} is there as {@code host}
 */
public record H2Recorded(String connection, String protocol, String method, String target, Headers headers) {}

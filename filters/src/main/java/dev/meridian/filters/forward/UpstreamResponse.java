package dev.meridian.filters.forward;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * A response's head with its body. Whoever gets one either reads the body or {@link ResponseBody#dispose() disposes} of
 * it.
 *
 * @param bodyUnwanted whether it came in place of {@code 100 (Continue)}: the client may then send its body or not, and its
 *     connection cannot be used again
 */
record UpstreamResponse(int status, HttpHeaders headers, ResponseBody body, boolean bodyUnwanted) {}

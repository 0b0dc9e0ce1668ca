package dev.meridian.filters.forward;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;

/**
 * What is to be sent upstream.
 *
 * @param method the client's
 * @param target origin-form: path and query
 * @param headers complete, framing included; not changed after this
 * @param body {@code null} for none
 * @param contentLength of the body in bytes, -1 where it is not known and chunks are sent
 * @param maxBody bytes after which the request is refused
 * @param expectContinue whether the body waits for the upstream's {@code 100 (Continue)}
 * @param idempotent whether it may be worked on twice: by its method (RFC 9110 §9.2.2), or because its client vouches for it
 */
record UpstreamRequest(
        HttpMethod method,
        String target,
        HttpHeaders headers,
        @Nullable Publisher<DataBuffer> body,
        long contentLength,
        long maxBody,
        boolean expectContinue,
        boolean idempotent) {

    /** Whether it may be, and can be, sent once more although the upstream may have seen it. */
    boolean repeatable() {
        return idempotent && (body == null || body instanceof ReplayBody kept && kept.canReplay());
    }
}

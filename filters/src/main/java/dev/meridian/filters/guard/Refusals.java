package dev.meridian.filters.guard;

import dev.meridian.filters.problem.ProblemJson;
import dev.meridian.filters.trace.TraceContext;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The answers to what is not, or not yet, a request. */
enum Refusals {
    LINE_TOO_LONG(
            HttpResponseStatus.REQUEST_URI_TOO_LONG, "The request line is longer than meridian.http.max-request-line."),
    HEADER_TOO_LARGE(
            HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            "The header fields are larger than meridian.http.max-header-size."),
    HEAD_LATE(HttpResponseStatus.REQUEST_TIMEOUT, "The request's head did not arrive in time."),
    MALFORMED(HttpResponseStatus.BAD_REQUEST, "The request is not valid HTTP.");

    private final HttpResponseStatus status;
    private final String detail;

    Refusals(HttpResponseStatus status, String detail) {
        this.status = status;
        this.detail = detail;
    }

    static Refusals of(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return LINE_TOO_LONG;
        }
        return cause instanceof TooLongHttpHeaderException ? HEADER_TOO_LARGE : MALFORMED;
    }

    FullHttpResponse response(ByteBufAllocator allocator) {
        String traceId = TraceContext.of(null, ThreadLocalRandom.current()).traceId();
        byte[] body = ProblemJson.render("about:blank", status.reasonPhrase(), status.code(), detail, null, traceId);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, allocator.buffer(body.length).writeBytes(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, ProblemJson.MEDIA_TYPE)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return response;
    }
}

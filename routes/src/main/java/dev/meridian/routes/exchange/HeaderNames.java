package dev.meridian.routes.exchange;

import io.netty.util.AsciiString;

/** The header fields that the gateway reads or writes by name, lower-case as on an HTTP/2 wire. */
public final class HeaderNames {

    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1">RFC 9110 §7.6.1</a>. */
    public static final AsciiString CONNECTION = AsciiString.cached("connection");
    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-8.6">RFC 9110 §8.6</a>. */
    public static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    /** An endpoint's load, as of <a href="https://github.com/cncf/xds/blob/main/xds/data/orca/v3">ORCA</a>. */
    public static final AsciiString ENDPOINT_LOAD_METRICS = AsciiString.cached("endpoint-load-metrics");
    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1">RFC 9110 §10.1.1</a>. */
    public static final AsciiString EXPECT = AsciiString.cached("expect");
    /** <a href="https://www.rfc-editor.org/rfc/rfc7239">RFC 7239</a>. */
    public static final AsciiString FORWARDED = AsciiString.cached("forwarded");
    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.2">RFC 9110 §7.2</a>. */
    public static final AsciiString HOST = AsciiString.cached("host");
    /** What a client vouches with that a request is the same as an earlier one (draft-ietf-httpapi-idempotency-key-header). */
    public static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached("idempotency-key");
    /** Hop-by-hop, from HTTP/1.0. */
    public static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-11.7.1">RFC 9110 §11.7.1</a>. */
    public static final AsciiString PROXY_AUTHENTICATE = AsciiString.cached("proxy-authenticate");
    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-11.7.2">RFC 9110 §11.7.2</a>. */
    public static final AsciiString PROXY_AUTHORIZATION = AsciiString.cached("proxy-authorization");
    /** Never standard, still sent; hop-by-hop. */
    public static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
    /** <a href="https://www.rfc-editor.org/rfc/rfc9209">RFC 9209</a>. */
    public static final AsciiString PROXY_STATUS = AsciiString.cached("proxy-status");
    /** <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/">RateLimit header fields, §4</a>. */
    public static final AsciiString RATE_LIMIT = AsciiString.cached("ratelimit");

    /** <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/">RateLimit header fields, §3</a>. */
    public static final AsciiString RATE_LIMIT_POLICY = AsciiString.cached("ratelimit-policy");

    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3">RFC 9110 §10.2.3</a>. */
    public static final AsciiString RETRY_AFTER = AsciiString.cached("retry-after");
    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.1.4">RFC 9110 §10.1.4</a>. */
    public static final AsciiString TE = AsciiString.cached("te");
    /** <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context</a>. */
    public static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
    /** <a href="https://www.w3.org/TR/trace-context/#tracestate-header">W3C Trace Context</a>. */
    public static final AsciiString TRACESTATE = AsciiString.cached("tracestate");
    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-6.6.2">RFC 9110 §6.6.2</a>. */
    public static final AsciiString TRAILER = AsciiString.cached("trailer");
    /** <a href="https://www.rfc-editor.org/rfc/rfc9112#section-6.1">RFC 9112 §6.1</a>. */
    public static final AsciiString TRANSFER_ENCODING = AsciiString.cached("transfer-encoding");
    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.8">RFC 9110 §7.8</a>. */
    public static final AsciiString UPGRADE = AsciiString.cached("upgrade");
    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.6.3">RFC 9110 §7.6.3</a>. */
    public static final AsciiString VIA = AsciiString.cached("via");
    /** De facto; the client's address as a list. */
    public static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    /** De facto; the {@code Host} that the client asked for. */
    public static final AsciiString X_FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
    /** De facto; the port that the client asked. */
    public static final AsciiString X_FORWARDED_PORT = AsciiString.cached("x-forwarded-port");
    /** De facto; the path that was stripped before forwarding. */
    public static final AsciiString X_FORWARDED_PREFIX = AsciiString.cached("x-forwarded-prefix");
    /** De facto; {@code http} or {@code https}. */
    public static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");

    /** Never standard; a limit on requests. */
    public static final AsciiString X_RATE_LIMIT_LIMIT = AsciiString.cached("x-ratelimit-limit");

    /** Never standard; what of the limit is left. */
    public static final AsciiString X_RATE_LIMIT_REMAINING = AsciiString.cached("x-ratelimit-remaining");

    /** Never standard; seconds until the limit begins anew. */
    public static final AsciiString X_RATE_LIMIT_RESET = AsciiString.cached("x-ratelimit-reset");

    private HeaderNames() {}
}

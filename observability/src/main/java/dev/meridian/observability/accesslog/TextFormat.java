package dev.meridian.observability.accesslog;

import org.jspecify.annotations.Nullable;

/** For people: time, client, request line and status, then {@code name=value} with {@code -} for what is not there. */
final class TextFormat implements AccessLogFormat {

    private static final byte[] ENDING = name("ending");
    private static final byte[] REQUEST_BYTES = name("request_bytes");
    private static final byte[] RESPONSE_BYTES = name("response_bytes");
    private static final byte[] DURATION = name("duration_us");
    private static final byte[] GATEWAY = name("gateway_us");
    private static final byte[] UPSTREAM_TIME = name("upstream_us");
    private static final byte[] FIRST_BYTE = name("first_byte_us");
    private static final byte[] ROUTE = name("route");
    private static final byte[] UPSTREAM = name("upstream");
    private static final byte[] ENDPOINT = name("endpoint");
    private static final byte[] ATTEMPTS = name("attempts");
    private static final byte[] FAILURE = name("failure");
    private static final byte[] FALLBACK = name("fallback");
    private static final byte[] TRACE_ID = name("trace_id");
    private static final byte[] USER_AGENT = name("user_agent");

    private final IsoTime time = new IsoTime();

    @Override
    public void append(AccessLogEntry entry, LineBuffer out) {
        time.append(entry.timeMillis(), out);
        out.add(' ');
        if (entry.client() == null) {
            out.add('-');
        } else {
            out.address(entry.client());
        }
        out.add(' ').add('"').escaped(entry.method()).add(' ').escaped(entry.path());
        if (entry.query() != null) {
            out.add('?').escaped(entry.query());
        }
        if (entry.protocol() != null) {
            out.add(' ').escaped(entry.protocol());
        }
        out.add('"').add(' ').number(entry.status());
        value(ENDING, entry.ending().text(), out);
        number(REQUEST_BYTES, entry.requestBytes(), out);
        number(RESPONSE_BYTES, entry.responseBytes(), out);
        number(DURATION, entry.durationMicros(), out);
        number(GATEWAY, entry.gatewayMicros(), out);
        number(UPSTREAM_TIME, entry.upstreamMicros(), out);
        number(FIRST_BYTE, entry.firstByteMicros(), out);
        value(ROUTE, entry.route(), out);
        value(UPSTREAM, entry.upstream(), out);
        value(ENDPOINT, entry.endpoint() == null ? null : entry.endpoint().authority(), out);
        number(ATTEMPTS, entry.attempts(), out);
        value(FAILURE, entry.failure(), out);
        if (entry.fallback() != null) {
            value(FALLBACK, entry.fallback(), out);
        }
        value(TRACE_ID, entry.traceId(), out);
        if (entry.userAgent() != null) {
            value(USER_AGENT, entry.userAgent(), out);
        }
    }

    private static void value(byte[] name, @Nullable String value, LineBuffer out) {
        out.add(name);
        if (value == null) {
            out.add('-');
        } else if (isPlain(value)) {
            out.escaped(value);
        } else {
            out.add('"').escaped(value).add('"');
        }
    }

    private static void number(byte[] name, long value, LineBuffer out) {
        out.add(name);
        if (value < 0) {
            out.add('-');
        } else {
            out.number(value);
        }
    }

    /** Whether the value can stand without quotes, and not be taken for {@code -}. */
    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c >= 0x7f) {
                return false;
            }
        }
        return !value.isEmpty() && !value.equals("-");
    }

    private static byte[] name(String name) {
        return LineBuffer.ascii(" " + name + "=");
    }
}

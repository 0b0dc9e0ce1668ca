package dev.meridian.observability.accesslog;

import org.jspecify.annotations.Nullable;

/** One JSON object per line; what there is nothing to say of is left out. */
final class JsonFormat implements AccessLogFormat {

    private static final byte[] TIME = LineBuffer.ascii("{\"time\":\"");
    private static final byte[] CLIENT = LineBuffer.ascii(",\"client\":\"");
    private static final byte[] METHOD = text("method");
    private static final byte[] PATH = text("path");
    private static final byte[] QUERY = text("query");
    private static final byte[] PROTOCOL = text("protocol");
    private static final byte[] STATUS = number("status");
    private static final byte[] ENDING = text("ending");
    private static final byte[] REQUEST_BYTES = number("request_bytes");
    private static final byte[] RESPONSE_BYTES = number("response_bytes");
    private static final byte[] DURATION = number("duration_us");
    private static final byte[] GATEWAY = number("gateway_us");
    private static final byte[] UPSTREAM_TIME = number("upstream_us");
    private static final byte[] FIRST_BYTE = number("first_byte_us");
    private static final byte[] ROUTE = text("route");
    private static final byte[] UPSTREAM = text("upstream");
    private static final byte[] ENDPOINT = text("endpoint");
    private static final byte[] ATTEMPTS = number("attempts");
    private static final byte[] FAILURE = text("failure");
    private static final byte[] FALLBACK = text("fallback");
    private static final byte[] TRACE_ID = text("trace_id");
    private static final byte[] USER_AGENT = text("user_agent");

    private final IsoTime time = new IsoTime();

    @Override
    public void append(AccessLogEntry entry, LineBuffer out) {
        out.add(TIME);
        time.append(entry.timeMillis(), out);
        out.add('"');
        if (entry.client() != null) {
            out.add(CLIENT).address(entry.client()).add('"');
        }
        text(METHOD, entry.method(), out);
        text(PATH, entry.path(), out);
        text(QUERY, entry.query(), out);
        text(PROTOCOL, entry.protocol(), out);
        out.add(STATUS).number(entry.status());
        text(ENDING, entry.ending().text(), out);
        out.add(REQUEST_BYTES).number(entry.requestBytes());
        out.add(RESPONSE_BYTES).number(entry.responseBytes());
        out.add(DURATION).number(entry.durationMicros());
        number(GATEWAY, entry.gatewayMicros(), out);
        number(UPSTREAM_TIME, entry.upstreamMicros(), out);
        number(FIRST_BYTE, entry.firstByteMicros(), out);
        text(ROUTE, entry.route(), out);
        text(UPSTREAM, entry.upstream(), out);
        text(ENDPOINT, entry.endpoint() == null ? null : entry.endpoint().authority(), out);
        out.add(ATTEMPTS).number(entry.attempts());
        text(FAILURE, entry.failure(), out);
        text(FALLBACK, entry.fallback(), out);
        text(TRACE_ID, entry.traceId(), out);
        text(USER_AGENT, entry.userAgent(), out);
        out.add('}');
    }

    private static void text(byte[] name, @Nullable String value, LineBuffer out) {
        if (value != null) {
            out.add(name).escaped(value).add('"');
        }
    }

    private static void number(byte[] name, long value, LineBuffer out) {
        if (value >= 0) {
            out.add(name).number(value);
        }
    }

    private static byte[] text(String name) {
        return LineBuffer.ascii(",\"" + name + "\":\"");
    }

    private static byte[] number(String name) {
        return LineBuffer.ascii(",\"" + name + "\":");
    }
}

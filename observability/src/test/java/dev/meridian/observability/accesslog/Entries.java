package dev.meridian.observability.accesslog;

import dev.meridian.observability.exchange.ExchangeEnding;
import dev.meridian.routes.upstream.Endpoint;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Entries as tests need them. */
final class Entries {

    /** One with every field, but for the query and the user agent; it stands in {@code src/docs/observability.md}. */
    static final AccessLogEntry FORWARDED = new AccessLogEntry(
            Instant.parse("2026-11-21T10:15:30.123Z").toEpochMilli(),
            address("203.0.113.7"),
            "GET",
            "/api/orders/7",
            null,
            "HTTP/1.1",
            200,
            ExchangeEnding.COMPLETE,
            0,
            512,
            1834,
            334,
            1500,
            1420,
            "orders",
            "orders",
            new Endpoint("http", "10.1.0.1", 8080, 1, null, Map.of()),
            1,
            null,
            null,
            "4bf92f3577b34da6a3ce929d0e0e4736",
            null);

    /** One with no field that may be absent. */
    static final AccessLogEntry BARE = new AccessLogEntry(
            0,
            null,
            "GET",
            "/",
            null,
            null,
            404,
            ExchangeEnding.COMPLETE,
            0,
            0,
            10,
            -1,
            -1,
            -1,
            null,
            null,
            null,
            0,
            null,
            null,
            null,
            null);

    private Entries() {}

    static AccessLogEntry withPath(String path) {
        return new AccessLogEntry(
                0,
                null,
                "GET",
                path,
                null,
                null,
                200,
                ExchangeEnding.COMPLETE,
                0,
                0,
                10,
                -1,
                -1,
                -1,
                null,
                null,
                null,
                0,
                null,
                null,
                null,
                null);
    }

    static AccessLogEntry failed(
            @Nullable InetAddress client, String query, String route, Endpoint endpoint, String userAgent) {
        return new AccessLogEntry(
                0,
                client,
                "POST",
                "/a",
                query,
                "HTTP/2.0",
                502,
                ExchangeEnding.BROKEN_OFF,
                7,
                0,
                10,
                4,
                6,
                -1,
                route,
                "payments",
                endpoint,
                3,
                "connection_refused",
                null,
                "00000000000000000000000000000001",
                userAgent);
    }

    static InetAddress address(String literal) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(literal);
        if (address == null) {
            throw new IllegalArgumentException(literal);
        }
        return address;
    }

    static String line(AccessLogFormat format, AccessLogEntry entry) {
        LineBuffer out = new LineBuffer(1);
        format.append(entry, out);
        return text(out);
    }

    static String text(LineBuffer out) {
        return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
    }
}

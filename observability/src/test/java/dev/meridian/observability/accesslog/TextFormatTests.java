package dev.meridian.observability.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.upstream.Endpoint;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextFormatTests {

    private final AccessLogFormat format = AccessLogFormat.of(AccessLogProperties.Format.TEXT);

    @Test
    void append_forwarded_readsInOrder() {
        assertThat(Entries.line(format, Entries.FORWARDED))
                .isEqualTo("2026-11-21T10:15:30.123Z 203.0.113.7 \"GET /api/orders/7 HTTP/1.1\" 200 ending=complete"
                        + " request_bytes=0 response_bytes=512 duration_us=1834 gateway_us=334 upstream_us=1500"
                        + " first_byte_us=1420 route=orders upstream=orders endpoint=10.1.0.1:8080 attempts=1"
                        + " failure=- trace_id=4bf92f3577b34da6a3ce929d0e0e4736");
    }

    @Test
    void append_bare_hasADashForWhatIsAbsent() {
        assertThat(Entries.line(format, Entries.BARE))
                .isEqualTo("1970-01-01T00:00:00.000Z - \"GET /\" 404 ending=complete request_bytes=0 response_bytes=0"
                        + " duration_us=10 gateway_us=- upstream_us=- first_byte_us=- route=- upstream=- endpoint=-"
                        + " attempts=0 failure=- trace_id=-");
    }

    @Test
    void append_ipv6_isReadable() {
        Endpoint endpoint = new Endpoint("https", "2001:db8::2", 443, 1, null, Map.of());

        assertThat(Entries.line(format, Entries.failed(Entries.address("::1"), "q=1", "r", endpoint, "curl")))
                .startsWith("1970-01-01T00:00:00.000Z ::1 \"POST /a?q=1 HTTP/2.0\" 502 ending=broken-off ")
                .contains(" endpoint=[2001:db8::2] ")
                .endsWith(" user_agent=curl");
    }

    @Test
    void append_valuesThatCouldMislead_areQuoted() {
        Endpoint endpoint = new Endpoint("http", "a", 80, 1, null, Map.of());

        assertThat(Entries.line(format, Entries.failed(null, "", "my route", endpoint, "a \"b\" trace_id=1\n")))
                .contains(" route=\"my route\" ")
                .endsWith(" user_agent=\"a \\\"b\\\" trace_id=1\\u000a\"");
        assertThat(Entries.line(format, Entries.failed(null, "", "-", endpoint, "")))
                .contains(" route=\"-\" ")
                .endsWith(" user_agent=\"\"");
    }

    @Test
    void append_pathThatForgesALine_staysOnOne() {
        assertThat(Entries.line(format, Entries.withPath("/a\" 200\r\n2026")))
                .doesNotContain("\n", "\r")
                .contains("\"GET /a\\\" 200\\u000d\\u000a2026\" 200 ");
    }
}

package dev.meridian.observability.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.upstream.Endpoint;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParser;
import org.springframework.boot.json.JsonParserFactory;

class JsonFormatTests {

    private static final JsonParser PARSER = JsonParserFactory.getJsonParser();

    private final AccessLogFormat format = AccessLogFormat.of(AccessLogProperties.Format.JSON);

    @Test
    void append_forwarded_hasItsFieldsInOrder() {
        assertThat(Entries.line(format, Entries.FORWARDED))
                .isEqualTo("{\"time\":\"2026-11-21T10:15:30.123Z\",\"client\":\"203.0.113.7\",\"method\":\"GET\","
                        + "\"path\":\"/api/orders/7\",\"protocol\":\"HTTP/1.1\",\"status\":200,"
                        + "\"ending\":\"complete\",\"request_bytes\":0,\"response_bytes\":512,\"duration_us\":1834,"
                        + "\"gateway_us\":334,\"upstream_us\":1500,\"first_byte_us\":1420,\"route\":\"orders\","
                        + "\"upstream\":\"orders\",\"endpoint\":\"10.1.0.1:8080\",\"attempts\":1,"
                        + "\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\"}");
    }

    @Test
    void append_bare_leavesOutWhatIsAbsent() {
        assertThat(Entries.line(format, Entries.BARE))
                .isEqualTo("{\"time\":\"1970-01-01T00:00:00.000Z\",\"method\":\"GET\",\"path\":\"/\",\"status\":404,"
                        + "\"ending\":\"complete\",\"request_bytes\":0,\"response_bytes\":0,\"duration_us\":10,"
                        + "\"attempts\":0}");
    }

    @Test
    void append_everyField_isJsonThatSaysTheSame() {
        Endpoint endpoint = new Endpoint("https", "2001:db8::2", 8443, 1, null, Map.of());
        AccessLogEntry entry = Entries.failed(
                Entries.address("2001:db8::1"),
                "token=\"a\\b\"&c=\t",
                "ro\"ute",
                endpoint,
                "Mozilla/5.0 (é; 日本; 😀)\r\n");

        Map<String, Object> parsed = PARSER.parseMap(Entries.line(format, entry));

        assertThat(parsed)
                .containsEntry("client", "2001:db8::1")
                .containsEntry("query", "token=\"a\\b\"&c=\t")
                .containsEntry("protocol", "HTTP/2.0")
                .containsEntry("ending", "broken-off")
                .containsEntry("route", "ro\"ute")
                .containsEntry("upstream", "payments")
                .containsEntry("endpoint", "[2001:db8::2]:8443")
                .containsEntry("failure", "connection_refused")
                .containsEntry("user_agent", "Mozilla/5.0 (é; 日本; 😀)\r\n");
        assertThat(parsed.get("attempts")).hasToString("3");
        assertThat(parsed).doesNotContainKey("first_byte_us");
    }

    @Test
    void append_pathThatForgesALine_staysOnOne() {
        String line = Entries.line(format, Entries.withPath("/a\",\"status\":200}\n{\"time\":\"x"));

        assertThat(line).doesNotContain("\n").contains("/a\\\",\\\"status\\\":200}\\u000a{");
        assertThat(PARSER.parseMap(line)).containsEntry("path", "/a\",\"status\":200}\n{\"time\":\"x");
    }

    @Test
    void append_zeroTimes_areNotTakenForAbsent() {
        AccessLogEntry entry = Entries.FORWARDED;
        AccessLogEntry instant = new AccessLogEntry(
                entry.timeMillis(),
                null,
                "GET",
                "/",
                null,
                null,
                200,
                entry.ending(),
                0,
                0,
                0,
                0,
                0,
                0,
                null,
                null,
                null,
                1,
                null,
                null,
                null,
                null);

        assertThat(Entries.line(format, instant))
                .contains("\"duration_us\":0,\"gateway_us\":0,\"upstream_us\":0,\"first_byte_us\":0,");
    }
}

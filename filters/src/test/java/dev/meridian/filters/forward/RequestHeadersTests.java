package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.meridian.routes.exchange.GatewayExchange;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

class RequestHeadersTests {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    private final HttpHeaders in = new DefaultHttpHeaders();
    private final GatewayExchange exchange = new GatewayExchange(1);
    private final MockEnvironment stock = new MockEnvironment();
    private ForwardProperties settings = new ForwardProperties(true, true, "meridian");
    private String peer = "203.0.113.9";
    private @Nullable String host = "shop.example";
    private String scheme = "https";
    private int port = 443;
    private @Nullable String prefix;
    private boolean http2;
    private boolean http2Client;

    // ---- what passes and what ends here

    @Test
    void write_ordinaryFields_passInTheirOrderWithTheirSpelling() {
        in.add("X-B", "1")
                .add("Accept", "a")
                .add("x-b", "2")
                .add("Cookie", "c=1")
                .add("Accept", "b");
        settings = new ForwardProperties(false, false, "");

        HttpHeaders out = write();

        assertThat(out.entries())
                .extracting(field -> field.getKey() + "=" + field.getValue())
                .containsExactly("host=up:8080", "X-B=1", "Accept=a", "x-b=2", "Cookie=c=1", "Accept=b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "Keep-Alive",
                "Proxy-Connection",
                "Proxy-Authorization",
                "TE",
                "Transfer-Encoding",
                "Upgrade",
                "Expect",
                "Trailer",
                "Content-Length",
                "x-http2-stream-id",
                "X-HTTP2-Scheme",
                "x-http2-stream-weight",
            })
    void write_fieldsThatEndHere_doNotPass(String name) {
        in.add(name, "1");

        assertThat(write().contains(name)).isFalse();
    }

    @Test
    void write_fieldsThatConnectionLists_doNotPass() {
        in.add("Connection", "close, X-Session ,x-other")
                .add("X-Session", "s")
                .add("X-Other", "o")
                .add("X-Third", "t");

        HttpHeaders out = write();

        assertThat(out.names())
                .doesNotContain("X-Session", "X-Other", "Connection")
                .contains("X-Third");
    }

    @Test
    void write_host_isTheOneToSend() {
        in.add("Host", "shop.example");

        assertThat(write().getAll("Host")).containsExactly("up:8080");
    }

    @Test
    void write_longNameThatBeginsLikeACodecsField_passes() {
        in.add("x-http2-but-much-longer-than-any-of-the-codecs", "1");

        assertThat(write().contains("x-http2-but-much-longer-than-any-of-the-codecs"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "trailers,       true,  true",
        "Trailers,       true,  true",
        "'gzip, trailers', true, true",
        "gzip,           true,  false",
        "trailers,       false, false",
    })
    void write_te_onlyTrailersAndOnlyTowardsHttp2(String te, boolean towardsHttp2, boolean passes) {
        in.add("TE", te);
        http2 = towardsHttp2;

        assertThat(write().getAll("te")).isEqualTo(passes ? List.of("trailers") : List.of());
    }

    @Test
    void write_valueWithALineBreakFromAFilter_isRefused() {
        HttpHeaders unchecked = new DefaultHttpHeaders(false);
        unchecked.add("X-Injected", "a\r\nX-Evil: b");

        assertThatIllegalArgumentException().isThrownBy(() -> write(unchecked, false));
    }

    // ---- X-Forwarded-*

    @Test
    void write_peerNotTrusted_forwardingFieldsAreWrittenAnew() {
        in.add("X-Forwarded-For", "6.6.6.6")
                .add("X-Forwarded-Proto", "spoofed")
                .add("X-Forwarded-Host", "spoofed")
                .add("X-Forwarded-Port", "6")
                .add("X-Forwarded-Prefix", "/spoofed")
                .add("Forwarded", "for=6.6.6.6");

        HttpHeaders out = write();

        assertThat(out.getAll("X-Forwarded-For")).containsExactly("203.0.113.9");
        assertThat(out.getAll("X-Forwarded-Proto")).containsExactly("https");
        assertThat(out.getAll("X-Forwarded-Host")).containsExactly("shop.example");
        assertThat(out.getAll("X-Forwarded-Port")).containsExactly("443");
        assertThat(out.getAll("X-Forwarded-Prefix")).isEmpty();
        assertThat(out.getAll("Forwarded")).containsExactly("for=203.0.113.9;host=shop.example;proto=https");
    }

    @Test
    void write_peerTrusted_forwardingFieldsAreContinued() {
        trustPeer();
        in.add("X-Forwarded-For", "198.51.100.1")
                .add("X-Forwarded-For", "198.51.100.2, 198.51.100.3")
                .add("X-Forwarded-Proto", "http")
                .add("X-Forwarded-Host", "front.example")
                .add("X-Forwarded-Port", "81")
                .add("Forwarded", "for=198.51.100.1;proto=http")
                .add("Forwarded", "for=198.51.100.2");

        HttpHeaders out = write();

        assertThat(out.getAll("X-Forwarded-For"))
                .containsExactly("198.51.100.1, 198.51.100.2, 198.51.100.3, 203.0.113.9");
        assertThat(out.getAll("X-Forwarded-Proto")).containsExactly("http");
        assertThat(out.getAll("X-Forwarded-Host")).containsExactly("front.example");
        assertThat(out.getAll("X-Forwarded-Port")).containsExactly("81");
        assertThat(out.getAll("Forwarded"))
                .containsExactly("for=198.51.100.1;proto=http, for=198.51.100.2, "
                        + "for=203.0.113.9;host=shop.example;proto=https");
    }

    @Test
    void write_peerTrustedAndSilent_fieldsAreOurs() {
        trustPeer();

        HttpHeaders out = write();

        assertThat(out.get("X-Forwarded-For")).isEqualTo("203.0.113.9");
        assertThat(out.get("X-Forwarded-Proto")).isEqualTo("https");
        assertThat(out.get("X-Forwarded-Port")).isEqualTo("443");
    }

    @ParameterizedTest
    @CsvSource({"80, 80", "443, 443", "8080, 8080", "65535, 65535"})
    void write_port_isTheOneAskedFor(int asked, String expected) {
        port = asked;

        assertThat(write().get("X-Forwarded-Port")).isEqualTo(expected);
    }

    @Test
    void write_noHost_noForwardedHost() {
        host = null;

        HttpHeaders out = write();

        assertThat(out.contains("X-Forwarded-Host")).isFalse();
        assertThat(out.get("Forwarded")).isEqualTo("for=203.0.113.9;proto=https");
    }

    @Test
    void write_noPeer_saysNothingOfIt() {
        HttpHeaders out = new RequestHeaders(settings, StockSwitches.from(stock))
                .write(
                        in,
                        true,
                        "up",
                        new RequestHeaders.Client(host, scheme, port, null, null, false),
                        exchange,
                        false);

        assertThat(out.contains("X-Forwarded-For")).isFalse();
        assertThat(out.contains("Forwarded")).isFalse();
        assertThat(out.get("X-Forwarded-Proto")).isEqualTo("https");
    }

    @Test
    void write_switchedOff_neitherPassesNorIsWritten() {
        settings = new ForwardProperties(false, false, "");
        in.add("X-Forwarded-For", "6.6.6.6").add("Forwarded", "for=6.6.6.6").add("Via", "1.1 other");

        HttpHeaders out = write();

        assertThat(out.names()).doesNotContain("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded");
        assertThat(out.get("Via")).isNull();
    }

    // ---- X-Forwarded-Prefix

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "http://g/api/orders,     /orders,   /api",
                "http://g/api/v1/orders,  /orders,   /api/v1",
                "http://g/api/orders?x=1, /orders,   /api",
                "http://g/api/,           /,         /api",
                "http://g/orders,         /orders,   -",
                "http://g/a,              /orders,   -",
                "http://g/api/orders,     /other,    -",
                "lb://orders/orders,      /orders,   -",
                "http://g/a%20b/orders,   /orders,   /a%20b",
                "http://g,                /,         -",
            })
    void strippedPrefix_whatTheOriginalHasInFront(String original, String path, @Nullable String expected) {
        assertThat(RequestHeaders.strippedPrefix(URI.create(original), path)).isEqualTo(expected);
    }

    @Test
    void strippedPrefix_noOriginal_isNull() {
        assertThat(RequestHeaders.strippedPrefix(null, "/")).isNull();
    }

    @Test
    void write_strippedPrefix_isSaidAndAddedToATrustedOne() {
        prefix = "/api";
        assertThat(write().getAll("X-Forwarded-Prefix")).containsExactly("/api");

        in.add("X-Forwarded-Prefix", "/shop");
        assertThat(write().getAll("X-Forwarded-Prefix")).containsExactly("/api");

        trustPeer();
        assertThat(write().getAll("X-Forwarded-Prefix")).containsExactly("/shop/api");

        prefix = null;
        assertThat(write().getAll("X-Forwarded-Prefix")).containsExactly("/shop");
    }

    // ---- Forwarded (RFC 7239)

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "203.0.113.9,   shop.example,      for=203.0.113.9;host=shop.example;proto=https",
                "2001:db8::1,   shop.example,      for=\"[2001:db8:0:0:0:0:0:1]\";host=shop.example;proto=https",
                "::ffff:10.0.0.1, shop.example,    for=10.0.0.1;host=shop.example;proto=https",
                "203.0.113.9,   shop.example:8443, for=203.0.113.9;host=\"shop.example:8443\";proto=https",
                "203.0.113.9,   [::1]:8443,        for=203.0.113.9;host=\"[::1]:8443\";proto=https",
                "203.0.113.9,   [::1],             for=203.0.113.9;host=\"[::1]\";proto=https",
            })
    void write_forwarded_quotesWhatIsNoToken(String address, String asked, String expected) {
        peer = address;
        host = asked;

        assertThat(write().getAll("Forwarded")).containsExactly(expected);
    }

    /** All of these characters may stand in {@code Host} (RFC 3986 §3.2.2), none of them in a token (RFC 7239 §4). */
    @ParameterizedTest
    @ValueSource(strings = {"a,for=6.6.6.6", "a;for=6.6.6.6", "a;proto=http", "a=b", "a(b)", "a,b"})
    void write_hostWithSeparators_cannotAddAnElementOrAPair(String asked) {
        host = asked;

        String forwarded = Objects.requireNonNull(write().get("Forwarded"));

        assertThat(forwarded.replaceAll("\"(?:[^\"\\\\]|\\\\.)*\"", "\"\""))
                .isEqualTo("for=203.0.113.9;host=\"\";proto=https");
    }

    // ---- Via (RFC 9110 §7.6.3)

    @Test
    void write_via_isBegunOrContinued() {
        assertThat(write().getAll("Via")).containsExactly("1.1 meridian");

        in.add("Via", "1.0 fred, 1.1 p.example");
        assertThat(write().getAll("Via")).containsExactly("1.0 fred, 1.1 p.example, 1.1 meridian");
    }

    @Test
    void write_viaInTwoLines_losesNone() {
        in.add("Via", "1.0 fred").add("Via", "1.1 p.example");

        assertThat(String.join(", ", write().getAll("Via"))).isEqualTo("1.0 fred, 1.1 p.example, 1.1 meridian");
    }

    @Test
    void write_viaOfAnHttp2Client_saysSo() {
        http2Client = true;

        assertThat(write().get("Via")).isEqualTo("2.0 meridian");
    }

    @Test
    void write_codecsFieldOfAnHttp1Client_doesNotMakeItHttp2() {
        in.add("x-http2-stream-id", "3");

        assertThat(write().get("Via")).isEqualTo("1.1 meridian");
    }

    @Test
    void write_viaOfAnotherName_isThatName() {
        settings = new ForwardProperties(true, true, "edge-1");

        assertThat(write().get("Via")).isEqualTo("1.1 edge-1");
    }

    // ---- trace context

    @Test
    void write_trace_isTheExchangesOwn() {
        exchange.trace(TRACE, SPAN, "00", true);
        in.add("traceparent", "00-" + TRACE + "-1111111111111111-01").add("tracestate", "vendor=1");

        HttpHeaders out = write();

        assertThat(out.getAll("traceparent")).containsExactly("00-" + TRACE + "-" + SPAN + "-00");
        assertThat(out.getAll("tracestate")).containsExactly("vendor=1");
    }

    /** W3C Trace Context §4.3: where {@code traceparent} cannot be parsed, {@code tracestate} is dropped as well. */
    @ParameterizedTest
    @ValueSource(strings = {"", "rubbish", "00-00000000000000000000000000000000-1111111111111111-01"})
    void write_newTrace_dropsTheStateOfAnother(String traceparent) {
        exchange.trace(TRACE, SPAN, "01", false);
        if (!traceparent.isEmpty()) {
            in.add("traceparent", traceparent);
        }
        in.add("tracestate", "vendor=1");

        assertThat(write().getAll("tracestate")).isEmpty();
    }

    @Test
    void write_noTrace_writesNone() {
        in.add("traceparent", "00-" + TRACE + "-1111111111111111-01");

        assertThat(write().contains("traceparent")).isFalse();
    }

    private void trustPeer() {
        exchange.client(new InetSocketAddress(peer, 1).getAddress(), true);
    }

    private HttpHeaders write() {
        return write(in, true);
    }

    private HttpHeaders write(HttpHeaders from, boolean checked) {
        RequestHeaders.Client client = new RequestHeaders.Client(
                host, scheme, port, PeerFields.of(null, new InetSocketAddress(peer, 4711)), prefix, http2Client);
        return new RequestHeaders(settings, StockSwitches.from(stock))
                .write(from, checked, "up:8080", client, exchange, http2);
    }
}

package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.BackendOptions;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.client.Endpoint;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.Headers;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who the upstream is told the client is, what ends at the gateway, and which endpoint it all goes to. */
class ForwardingIT {

    private static final String SPOOFED = "X-Forwarded-For: 6.6.6.6\r\nx-forwarded-for: 7.7.7.7\r\n"
            + "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Port: 666\r\n"
            + "X-Forwarded-Prefix: /evil\r\nForwarded: for=6.6.6.6;proto=https;host=evil.example\r\n";
    private static final Behaviour ANSWER = Behaviour.answer(
            200,
            Headers.of(
                    "Connection",
                    "X-Secret, keep-alive",
                    "Connection",
                    "X-Other-Secret",
                    "X-Secret",
                    "1",
                    "X-Other-Secret",
                    "2",
                    "Keep-Alive",
                    "timeout=60",
                    "Proxy-Authenticate",
                    "Basic",
                    "Upgrade",
                    "h2c",
                    "X-Kept",
                    "3"),
            "first");

    @AutoClose
    private static final Backend backend = Backend.start(ANSWER);

    @AutoClose
    private static final Backend second = Backend.start(Behaviour.answer(200, "second"));

    @AutoClose
    private static final Backend ipv6 = Backend.start(
            Behaviour.answer(200, "ipv6"), BackendOptions.defaults().onIpv6());

    /** Trusts the IPv4 loopback: a client of ::1 is a stranger to it. */
    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of(
            "forwarding",
            GatewayConfig.empty()
                    .upstream("main", backend.url())
                    .upstream("both", backend.url(), second.url())
                    .with("meridian.upstreams.weighted.endpoints:\n"
                            + "  - { uri: \"" + backend.url() + "\", weight: 3 }\n"
                            + "  - { uri: \"" + second.url() + "\" }")
                    .upstream("ipv6", ipv6.url())
                    .with("meridian.client-address.trusted-proxies: [\"127.0.0.0/8\", 10.0.0.0/8]")
                    .routeWhen(List.of("Path=/by-client", "RemoteAddr=203.0.113.0/24"), "lb://main", "SetPath=/theirs")
                    .routeWhen(List.of("Path=/by-client", "RemoteAddr=127.0.0.1"), "lb://main", "SetPath=/ours")
                    .routeWhen(List.of("Path=/by-client", "RemoteAddr=::1"), "lb://main", "SetPath=/six")
                    .route("/both", "lb://both")
                    .route("/weighted", "lb://weighted")
                    .route("/second", "lb://both")
                    .route("/ipv6", "lb://ipv6")
                    .route("/ipv6-direct", ipv6.url())
                    .route("/keeps-host", "lb://main", "PreserveHostHeader")
                    .route("/a/b/**", "lb://main", "StripPrefix=2")
                    .route("/**", "lb://main"));

    @RegisterExtension
    static final SharedGateway proxied = SharedGateway.of(
            "proxy-protocol",
            GatewayConfig.empty()
                    .upstream("main", backend.url())
                    .with("meridian.client-address: { trusted-proxies: [10.0.0.0/8], proxy-protocol: on }")
                    .routeWhen(List.of("Path=/by-client", "RemoteAddr=203.0.113.0/24"), "lb://main", "SetPath=/theirs")
                    .route("/**", "lb://main"));

    private static RawClient stranger() {
        return RawClient.connect(Endpoint.to(new InetSocketAddress("::1", gateway.port())));
    }

    private static RawClient trusted() {
        return RawClient.connect(gateway.port());
    }

    private static Recorded ask(RawClient client, String target, String fields) {
        try (client) {
            return askOn(client, target, fields);
        }
    }

    private static Recorded askOn(RawClient client, String target, String fields) {
        backend.forgetRequests();
        Response response = client.send("GET " + target + " HTTP/1.1\r\nHost: shop.example:8080\r\n" + fields + "\r\n")
                .readResponse();
        assertThat(response.status()).as("%s", response).isEqualTo(200);
        return backend.lastRequest();
    }

    // ---- who the client is

    @Test
    void whatAStrangerClaimsIsReplaced() {
        Headers got = ask(stranger(), "/any", SPOOFED).headers();
        assertThat(got.all("X-Forwarded-For")).containsExactly("0:0:0:0:0:0:0:1");
        assertThat(got.all("X-Forwarded-Proto")).containsExactly("http");
        assertThat(got.all("X-Forwarded-Host")).containsExactly("shop.example:8080");
        assertThat(got.all("X-Forwarded-Port")).containsExactly("8080");
        assertThat(got.has("X-Forwarded-Prefix")).isFalse();
        assertThat(got.all("Forwarded"))
                .containsExactly("for=\"[0:0:0:0:0:0:0:1]\";host=\"shop.example:8080\";proto=http");
    }

    @Test
    void whatATrustedProxySaysIsKeptAndItsOwnAddressAdded() {
        Headers got = ask(
                        trusted(),
                        "/any",
                        "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: 10.0.0.9\r\nX-Forwarded-Proto: https\r\n"
                                + "X-Forwarded-Host: public.example\r\nX-Forwarded-Port: 443\r\n"
                                + "X-Forwarded-Prefix: /outer\r\nForwarded: for=203.0.113.7;proto=https\r\n"
                                + "Forwarded: for=10.0.0.9\r\n")
                .headers();
        assertThat(got.all("X-Forwarded-For")).containsExactly("203.0.113.7, 10.0.0.9, 127.0.0.1");
        assertThat(got.all("X-Forwarded-Proto")).containsExactly("https");
        assertThat(got.all("X-Forwarded-Host")).containsExactly("public.example");
        assertThat(got.all("X-Forwarded-Port")).containsExactly("443");
        assertThat(got.all("X-Forwarded-Prefix")).containsExactly("/outer");
        assertThat(got.all("Forwarded"))
                .singleElement()
                .asString()
                .startsWith("for=203.0.113.7;proto=https, for=10.0.0.9, for=127.0.0.1;");
    }

    @Test
    void predicatesSeeTheClientBehindATrustedProxy() {
        assertThat(ask(trusted(), "/by-client", "").path()).isEqualTo("/ours");
        assertThat(ask(trusted(), "/by-client", "X-Forwarded-For: 203.0.113.7\r\n")
                        .path())
                .isEqualTo("/theirs");
        assertThat(ask(trusted(), "/by-client", "Forwarded: for=\"203.0.113.7:4711\"\r\n")
                        .path())
                .isEqualTo("/theirs");
        // Read from the right, as far as those who speak are trusted.
        assertThat(ask(trusted(), "/by-client", "X-Forwarded-For: 6.6.6.6, 203.0.113.7, 10.0.0.9\r\n")
                        .path())
                .isEqualTo("/theirs");
        assertThat(ask(stranger(), "/by-client", "X-Forwarded-For: 203.0.113.7\r\n")
                        .path())
                .isEqualTo("/six");
    }

    @Test
    void requestsOfOneConnectionHaveClientsOfTheirOwn() {
        try (RawClient client = trusted()) {
            assertThat(askOn(client, "/by-client", "X-Forwarded-For: 203.0.113.7\r\n")
                            .path())
                    .isEqualTo("/theirs");
            assertThat(askOn(client, "/by-client", "").path()).isEqualTo("/ours");
            assertThat(askOn(client, "/any", "").headers().all("X-Forwarded-For"))
                    .containsExactly("127.0.0.1");
        }
    }

    @Test
    void prefixThatWasTakenOffIsTold() {
        Recorded got = ask(stranger(), "/a/b/c/d?q", "X-Forwarded-Prefix: /evil\r\n");
        assertThat(got.target()).isEqualTo("/c/d?q");
        assertThat(got.headers().all("X-Forwarded-Prefix")).containsExactly("/a/b");

        Recorded behindAnother = ask(trusted(), "/a/b/c", "X-Forwarded-Prefix: /outer\r\n");
        assertThat(behindAnother.headers().all("X-Forwarded-Prefix")).containsExactly("/outer/a/b");
    }

    // ---- PROXY protocol

    private static RawClient announced(byte[] header) {
        return RawClient.connect(proxied.port()).send(header);
    }

    private static byte[] version1(String address) {
        return ("PROXY TCP4 " + address + " 192.0.2.1 56324 443\r\n")
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    private static byte[] version2(int a, int b, int c, int d) {
        return new byte[] {
            0x0d,
            0x0a,
            0x0d,
            0x0a,
            0x00,
            0x0d,
            0x0a,
            0x51,
            0x55,
            0x49,
            0x54,
            0x0a,
            0x21,
            0x11,
            0,
            12,
            (byte) a,
            (byte) b,
            (byte) c,
            (byte) d,
            (byte) 192,
            0,
            2,
            1,
            (byte) 0xdc,
            4,
            1,
            (byte) 0xbb
        };
    }

    @Test
    void proxyProtocolNamesTheClient() {
        for (byte[] header : List.of(version1("203.0.113.7"), version2(203, 0, 113, 7))) {
            try (RawClient client = announced(header)) {
                for (int i = 0; i < 2; i++) {
                    Recorded got = askOn(client, "/by-client", SPOOFED);
                    assertThat(got.path()).isEqualTo("/theirs");
                    assertThat(got.headers().all("X-Forwarded-For")).containsExactly("203.0.113.7");
                    assertThat(got.headers().all("Forwarded"))
                            .singleElement()
                            .asString()
                            .startsWith("for=203.0.113.7;");
                }
            }
        }
    }

    @Test
    void proxyProtocolNamesAProxyThatIsTrusted() {
        for (byte[] header : List.of(version1("10.1.2.3"), version2(10, 1, 2, 3))) {
            Recorded got = ask(announced(header), "/by-client", "X-Forwarded-For: 203.0.113.7\r\n");
            assertThat(got.path()).isEqualTo("/theirs");
            assertThat(got.headers().all("X-Forwarded-For")).containsExactly("203.0.113.7, 10.1.2.3");
        }
    }

    // ---- what else is told

    @Test
    void hostIsTheEndpointsUnlessItIsPreserved() {
        assertThat(ask(stranger(), "/any", "").headers().all("Host")).containsExactly("127.0.0.1:" + backend.port());
        assertThat(ask(stranger(), "/keeps-host", "").headers().all("Host")).containsExactly("shop.example:8080");
    }

    @Test
    void viaIsContinued() {
        assertThat(ask(stranger(), "/any", "").headers().all("Via")).containsExactly("1.1 meridian");
        assertThat(ask(stranger(), "/any", "Via: 1.0 fred\r\n").headers().all("Via"))
                .containsExactly("1.0 fred, 1.1 meridian");
        assertThat(String.join(
                        ", ",
                        ask(stranger(), "/any", "Via: 1.0 fred\r\nVia: 1.1 bob\r\n")
                                .headers()
                                .all("Via")))
                .isEqualTo("1.0 fred, 1.1 bob, 1.1 meridian");
    }

    @Test
    void traceIsContinued() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        Headers got = ask(
                        stranger(),
                        "/any",
                        "traceparent: 00-" + trace + "-00f067aa0ba902b7-00\r\ntracestate: a=1,b=2\r\n")
                .headers();
        assertThat(got.all("traceparent"))
                .singleElement()
                .asString()
                .matches("00-" + trace + "-(?!0{16})[0-9a-f]{16}-00")
                .doesNotContain("00f067aa0ba902b7");
        assertThat(got.all("tracestate")).containsExactly("a=1,b=2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "traceparent: rubbish\r\n",
                "traceparent: 00-00000000000000000000000000000000-00f067aa0ba902b7-01\r\n",
                "traceparent: ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n",
                "traceparent: 00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01\r\n"
            })
    void traceIsStarted(String fields) {
        Headers got = ask(stranger(), "/any", fields).headers();
        assertThat(got.all("traceparent"))
                .singleElement()
                .asString()
                .matches("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]");
        assertThat(got.first("traceparent").orElse("")).doesNotContain("4bf92f3577b34da6a3ce929d0e0e4736");
    }

    @Test
    void stateOfATraceThatIsNotContinuedIsNotSentOn() {
        // W3C Trace Context §4.3: where the parent cannot be parsed, a new trace begins and tracestate is dropped.
        Headers got = ask(stranger(), "/any", "traceparent: rubbish\r\ntracestate: a=1\r\n")
                .headers();
        assertThat(got.has("tracestate")).isFalse();
    }

    // ---- what ends here

    @Test
    void fieldsOfTheClientsConnectionEndHere() {
        Headers got = ask(
                        stranger(),
                        "/any",
                        "Connection: X-Secret, keep-alive\r\nX-Secret: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\n"
                                + "Proxy-Authorization: Basic eDp5\r\nProxy-Connection: keep-alive\r\nX-Kept: 2\r\n")
                .headers();
        assertThat(got.map().keySet())
                .doesNotContain(
                        "connection",
                        "x-secret",
                        "keep-alive",
                        "te",
                        "proxy-authorization",
                        "proxy-connection",
                        "upgrade")
                .contains("x-kept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"keep-alive", "close"})
    void fieldsThatASecondConnectionLineListsEndHereAsWell(String first) {
        Headers got = ask(stranger(), "/any", "Connection: " + first + "\r\nConnection: X-Secret\r\nX-Secret: 1\r\n")
                .headers();
        assertThat(got.has("X-Secret")).isFalse();
    }

    @Test
    void connectionCannotTakeAwayWhatTheGatewaySays() {
        Headers got = ask(stranger(), "/any", "Connection: Host, X-Forwarded-For, Forwarded, traceparent, Via\r\n")
                .headers();
        assertThat(got.map().keySet()).contains("host", "x-forwarded-for", "forwarded", "traceparent", "via");
    }

    @Test
    void fieldsOfTheBackendsConnectionEndHere() {
        try (RawClient client = stranger()) {
            Headers got = client.get("/any").readResponse().headers();
            assertThat(got.map().keySet())
                    .doesNotContain("x-secret", "x-other-secret", "keep-alive", "proxy-authenticate", "upgrade")
                    .contains("x-kept");
            assertThat(String.join(",", got.all("Connection"))).doesNotContainIgnoringCase("secret");
        }
    }

    // ---- where it goes

    @Test
    void endpointsTakeTurns() {
        Map<String, Integer> shares = shares("/both", 40);
        assertThat(shares).containsEntry("first", 20).containsEntry("second", 20);
    }

    @Test
    void endpointsAreChosenByWeight() {
        Map<String, Integer> shares = shares("/weighted", 40);
        assertThat(shares).containsEntry("first", 30).containsEntry("second", 10);
    }

    private static Map<String, Integer> shares(String path, int requests) {
        Map<String, Integer> shares = new HashMap<>();
        for (int i = 0; i < requests; i++) {
            try (RawClient client = stranger()) {
                shares.merge(client.get(path).readResponse().body().text(), 1, Integer::sum);
            }
        }
        return shares;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ipv6", "/ipv6-direct"})
    void endpointMayBeIpv6(String path) {
        try (RawClient client = stranger()) {
            assertThat(client.get(path).readResponse().body().text()).isEqualTo("ipv6");
        }
        assertThat(ipv6.lastRequest().headers().all("Host")).containsExactly("[::1]:" + ipv6.port());
    }
}

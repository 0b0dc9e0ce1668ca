package dev.meridian.e2e;

import static dev.meridian.testkit.backend.Behaviour.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client is told when a backend, or the way to it, fails: RFC 9457 and RFC 9209. */
class FailuresIT {

    private static final Duration PROMPT = Duration.ofMillis(1_500);

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.byPath(Map.ofEntries(
            Map.entry("/ok", answer(200, "ok")),
            Map.entry("/black-hole", Behaviour.blackHole()),
            Map.entry("/reset", Behaviour.reset()),
            Map.entry("/close", Behaviour.closeWithoutAnswer()),
            Map.entry("/garbage", Behaviour.notHttp()),
            Map.entry("/nul-in-a-value", raw("HTTP/1.1 200 OK\r\nX: a\u0000b\r\nContent-Length: 2\r\n\r\nok")),
            Map.entry("/cr-in-a-value", raw("HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 2\r\n\r\nok")),
            Map.entry("/two-lengths", raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!")),
            Map.entry("/negative-length", raw("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok")),
            Map.entry("/no-status", raw("HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\nok")),
            Map.entry("/status-line-too-long", raw("HTTP/1.1 200 " + "O".repeat(20_000) + "\r\n\r\n")),
            Map.entry("/headers-too-large", raw("HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000) + "\r\n\r\n")),
            Map.entry("/half-a-head", Behaviour.closeAfter(raw("HTTP/1.1 200 OK\r\nContent-Le"))))));

    @AutoClose
    private static final FullQueue full = FullQueue.open();

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of(
            "failures",
            GatewayConfig.empty()
                    .upstreamWith("main", "timeout: { response: 1s }", backend.url())
                    .upstreamWith(
                            "refusing", "outlier-detection: { enabled: false }", "http://127.0.0.1:" + closedPort())
                    .upstreamWith("unresolvable", "timeout: { connect: 1s }", "http://nowhere.invalid:80")
                    .upstreamWith("full", "timeout: { connect: 500ms }", "http://127.0.0.1:" + full.port())
                    .route("/full", "lb://full")
                    .route("/refused", "lb://refusing")
                    .route("/unresolvable", "lb://unresolvable")
                    .route("/unknown", "lb://nobody")
                    .route("/direct-refused", "http://127.0.0.1:" + closedPort())
                    .route("/main/**", "lb://main", "StripPrefix=1"));

    private static Behaviour raw(String text) {
        return Behaviour.raw(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Response get(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.get(path).readResponse();
        }
    }

    private static ProblemAssert assertProblem(Response response) {
        return ProblemAssert.assertThat(response.answer())
                .isProblem()
                .doesNotMention("127.0.0.1", "Exception", "io.netty", "java.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/refused", "/direct-refused"})
    void refusedConnectionIsABadGateway(String path) {
        assertProblem(get(path))
                .hasStatus(502)
                .hasProxyError("connection_refused")
                .hasProxy("meridian")
                .hasInstance(path);
    }

    @Test
    void unresolvableNameIsABadGatewayOrATimeout() {
        Response response = get("/unresolvable");
        assertThat(response.status()).isIn(502, 504);
        assertProblem(response);
    }

    @Test
    void problemCarriesTheClientsTraceId() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("GET /refused HTTP/1.1\r\nHost: localhost\r\ntraceparent: 00-" + trace
                    + "-00f067aa0ba902b7-01\r\n\r\n");
            assertProblem(client.readResponse()).hasTraceId(trace);
        }
    }

    @Test
    void connectionServesOnAfterAProblem() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            assertThat(client.get("/refused").readResponse().status()).isEqualTo(502);
            assertThat(client.get("/nothing").readResponse().status()).isEqualTo(404);
            assertThat(client.get("/main/ok").readResponse().status()).isEqualTo(200);
        }
    }

    @Test
    void silentBackendIsATimeoutAndItsConnectionIsClosed() {
        long before = System.nanoTime();
        Response response = get("/main/black-hole");
        Duration took = Duration.ofNanos(System.nanoTime() - before);

        assertProblem(response).hasStatus(504).hasProxyError("http_response_timeout");
        assertThat(took).isBetween(Duration.ofMillis(950), Duration.ofMillis(2_000));
        Recorded request = last("/black-hole");
        Eventually.holds("the connection that timed out is closed", () -> !isOpen(request.connection()));
    }

    @Test
    void silentBackendIsATimeoutForAPostAsWell() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("POST /main/black-hole HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");
            assertProblem(client.readResponse()).hasStatus(504).hasProxyError("http_response_timeout");
        }
    }

    @Test
    void backendWhoseQueueIsFullIsAConnectionTimeout() {
        long before = System.nanoTime();
        Response response = get("/full");
        Duration took = Duration.ofNanos(System.nanoTime() - before);

        assertProblem(response).hasStatus(504).hasProxyError("connection_timeout");
        assertThat(took).isBetween(Duration.ofMillis(450), PROMPT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/reset", "/close", "/half-a-head"})
    void backendThatDiesBeforeItAnsweredIsABadGateway(String path) {
        Response response = get("/main" + path);
        assertProblem(response).hasStatus(502);
        assertThat(response.headers().first("Proxy-Status").orElse(""))
                .containsPattern("connection_terminated|incomplete");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/reset", "/close"})
    void postIsNotRepeatedWhenTheBackendDies(String path) {
        int before = count(path);
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("POST /main" + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");
            assertProblem(client.readResponse()).hasStatus(502);
        }
        assertThat(count(path) - before).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/garbage",
                "/nul-in-a-value",
                "/cr-in-a-value",
                "/two-lengths",
                "/negative-length",
                "/no-status",
                "/status-line-too-long",
                "/headers-too-large"
            })
    void answerThatIsNoHttpIsABadGateway(String path) {
        long before = System.nanoTime();
        assertProblem(get("/main" + path)).hasStatus(502).hasProxyError("http_protocol_error");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(PROMPT);

        assertThat(get("/main/ok").body().text()).isEqualTo("ok");
    }

    @Test
    void unknownUpstreamIsUnavailable() {
        assertProblem(get("/unknown"))
                .hasStatus(503)
                .hasProxyError("destination_unavailable")
                .hasRetryAfter(Duration.ofSeconds(1), Duration.ofSeconds(60));
    }

    @Test
    void pathWithoutARouteIsNotFound() {
        assertProblem(get("/nothing?q=1"))
                .hasStatus(404)
                .hasNoProxyStatus()
                .hasNoRetryAfter()
                .hasInstance("/nothing");
    }

    @Test
    void urlThatIsTooLongIsRefused() {
        assertUnreadable(get("/main/ok?" + "q".repeat(10_000)), 414);
    }

    @Test
    void headersThatAreTooLargeAreRefused() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("GET /main/ok HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(40_000) + "\r\n\r\n");
            assertUnreadable(client.readResponse(), 431);
        }
    }

    @Test
    void requestThatIsNoHttpIsRefused() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("EHLO mail.example\r\n\r\n");
            assertUnreadable(client.readResponse(), 400);
        }
    }

    /** A problem of a request that could not be read, so that no {@code instance} can be named. */
    private static void assertUnreadable(Response response, int status) {
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.headers().first("Content-Type")).contains("application/problem+json");
        assertThat(response.body().text())
                .contains("\"status\":" + status)
                .contains("\"title\":\"")
                .containsPattern("\"trace-id\":\"[0-9a-f]{32}\"");
    }

    @Test
    void tooManyHeadersAreRefused() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("GET /main/ok HTTP/1.1\r\nHost: localhost\r\n" + "X: x\r\n".repeat(200) + "\r\n");
            ProblemAssert.assertThat(client.readResponse().answer())
                    .hasStatus(431)
                    .isProblem();
        }
    }

    private static Recorded last(String path) {
        List<Recorded> all =
                backend.requests().stream().filter(r -> r.path().equals(path)).toList();
        return all.get(all.size() - 1);
    }

    private static int count(String path) {
        return (int)
                backend.requests().stream().filter(r -> r.path().equals(path)).count();
    }

    private static boolean isOpen(long connection) {
        return backend.connectionLog().stream().anyMatch(c -> c.id() == connection && c.open());
    }
}

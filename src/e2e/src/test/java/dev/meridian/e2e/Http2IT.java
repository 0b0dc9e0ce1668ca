package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.e2e.h2.H2Client;
import dev.meridian.e2e.h2.H2Stream;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.H2Backend;
import dev.meridian.testkit.backend.H2Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.client.Answer;
import dev.meridian.testkit.client.Endpoint;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.Headers;
import dev.meridian.testkit.http.RepeatingBytes;
import dev.meridian.testkit.tls.TestCertificates;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** HTTP/2 on either side, in clear text and over TLS, and gRPC. */
class Http2IT {

    private static final int LARGE = 3_000_000;
    private static final TestCertificates certificates = TestCertificates.create();
    private static final Path directory = directory();
    /** How uploads to {@code /upload} ended at the backend. */
    private static final BlockingQueue<String> endings = new LinkedBlockingQueue<>();

    @AutoClose
    private static final Backend plain = Backend.start(Behaviour.byPath(Map.of(
            "/echo", Behaviour.echo(),
            "/large", Behaviour.large(LARGE),
            "/upload", Behaviour.answer(200, "taken"),
            "/dies", Behaviour.chunkedCut(List.of("some", "thing"), Duration.ofMillis(50)),
            "/slow", Behaviour.after(Duration.ofMillis(500), Behaviour.answer(200, "slow")),
            "/endless", Behaviour.serverSentEvents(Integer.MAX_VALUE, Duration.ofMillis(10)),
            "/silent", Behaviour.blackHole(),
            "/hop",
                    Behaviour.answer(
                            200, Headers.of("Connection", "X-A", "X-A", "1", "Keep-Alive", "timeout=9"), "hop"),
            "/trailers", Behaviour.trailers("body", Map.of("X-Checksum", "abc")))));

    private static final H2Behaviour H2 = H2Behaviour.byPath(Map.of(
            "/echo", H2Behaviour.echo(),
            "/large", (request, response) -> response.sendByteArray(Mono.just(RepeatingBytes.bytes(LARGE))),
            "/upload", Http2IT::upload,
            "/dies", H2Behaviour.resetMidBody(Http2Error.INTERNAL_ERROR),
            "/slow", H2Behaviour.after(Duration.ofMillis(500), H2Behaviour.answer(200, "slow")),
            "/silent", H2Behaviour.blackHole(),
            "/grpc/unary", H2Behaviour.grpc("answer".getBytes(StandardCharsets.UTF_8), 0, "fine"),
            "/grpc/fails", H2Behaviour.grpcTrailersOnly(5, "no such thing"),
            "/grpc/bidi", H2Behaviour.grpcEcho()));

    @AutoClose
    private static final H2Backend clear = H2Backend.cleartext(H2);

    @AutoClose
    private static final H2Backend secure = H2Backend.tls(H2, certificates);

    private static GatewayConfig config() {
        return GatewayConfig.empty()
                .upstream("h1", plain.url())
                .upstreamWith("h2c", "protocol: h2c", clear.url())
                .upstreamWith("h2", "protocol: h2", secure.url())
                .upstream("nobody", "http://127.0.0.1:1")
                .with("spring.cloud.gateway.server.webflux.httpclient.ssl.trusted-x509-certificates: \"file:"
                        + certificates.authorityPem(directory) + "\"")
                .route("/h1/**", "lb://h1", "StripPrefix=1")
                .route("/h2c/**", "lb://h2c", "StripPrefix=1")
                .route("/h2/**", "lb://h2", "StripPrefix=1")
                .route("/refused", "lb://nobody");
    }

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of("http2", config());

    @RegisterExtension
    static final SharedGateway tls = SharedGateway.of(
            "http2-tls",
            config().with("management.server.ssl.enabled: false")
                    .with("server.ssl: { certificate: \"file:" + certificates.serverPem(directory)
                            + "\", certificate-private-key: \"file:" + certificates.serverKeyPem(directory) + "\" }"));

    private static Path directory() {
        try {
            return Files.createDirectories(Path.of("target", "certificates")).toAbsolutePath();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Mono<Void> upload(HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .doOnComplete(() -> endings.add("complete"))
                .doOnError(e -> endings.add("broken"))
                .doOnCancel(() -> endings.add("broken"))
                .then(Mono.from(H2Behaviour.answer(200, "taken").handle(request, response)));
    }

    private static H2Client clearClient() {
        return H2Client.cleartext(gateway.port());
    }

    private static H2Client tlsClient() {
        return H2Client.tls(tls.port(), certificates.authority().toTrustManagerFactory());
    }

    private static RawClient tls11() {
        return RawClient.connect(
                Endpoint.loopback(tls.port()).tls(certificates.clientContext()).protocols("http/1.1"));
    }

    private static H2Client client(String front) {
        return front.equals("h2") ? tlsClient() : clearClient();
    }

    // ---- every protocol to every other

    @ParameterizedTest
    @CsvSource({"h2c,h1", "h2c,h2c", "h2c,h2", "h2,h1", "h2,h2c", "h2,h2"})
    void http2ToAnything(String front, String upstream) {
        try (H2Client client = client(front)) {
            H2Stream.Response got = client.stream()
                    .headers("POST", "/" + upstream + "/echo?q=1", false, "x-a", "1", "te", "trailers")
                    .data("hello ", false)
                    .data("world", true)
                    .response();
            assertThat(got.ended()).isNull();
            assertThat(got.head().status()).isEqualTo(200);
            assertThat(got.text())
                    .contains("\"body\":\"hello world\"")
                    .contains("\"target\":\"/echo?q=1\"")
                    .contains("\"via\":[\"2.0 meridian\"]")
                    .contains("\"x-forwarded-proto\":[\"" + (front.equals("h2") ? "https" : "http") + "\"]")
                    .contains("\"x-forwarded-host\":[\"shop.example\"]")
                    .contains(upstream.equals("h1") ? "\"version\":\"HTTP/1.1\"" : "\"protocol\":\"HTTP/2.0\"");
            assertThat(got.text().contains("\"te\":[\"trailers\"]")).isEqualTo(!upstream.equals("h1"));
            if (upstream.equals("h1")) {
                // What the codecs note for themselves; the HTTP/2 backend's own codec does so as well.
                assertThat(got.text()).doesNotContain("x-http2-");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"clear,h2c", "clear,h2", "tls,h1", "tls,h2c", "tls,h2"})
    void http1ToAnything(String front, String upstream) {
        try (RawClient client = front.equals("tls") ? tls11() : RawClient.connect(gateway.port())) {
            for (int i = 0; i < 2; i++) {
                client.send(
                        "POST /" + upstream + "/echo HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 5\r\n\r\nhello");
                Response got = client.readResponse();
                assertThat(got.status()).as("%s", got).isEqualTo(200);
                assertThat(got.body().text())
                        .contains("\"body\":\"hello\"")
                        .contains("\"via\":[\"1.1 meridian\"]")
                        .contains(upstream.equals("h1") ? "\"version\":\"HTTP/1.1\"" : "\"protocol\":\"HTTP/2.0\"");
            }
        }
    }

    @Test
    void tlsClientChoosesItsProtocol() {
        try (RawClient old = tls11();
                RawClient both = RawClient.connect(Endpoint.loopback(tls.port())
                        .tls(certificates.clientContext())
                        .protocols("h2", "http/1.1"));
                RawClient none = RawClient.connect(Endpoint.loopback(tls.port()).tls(certificates.clientContext()))) {
            assertThat(old.protocol()).isEqualTo("http/1.1");
            assertThat(both.protocol()).isEqualTo("h2");
            assertThat(none.get("/h1/echo").readResponse().status()).isEqualTo(200);
        }
    }

    @Test
    void clientWithoutTlsIsTurnedAwayWithoutAWord() {
        try (RawClient client = RawClient.connect(tls.port())) {
            client.get("/h1/echo").readUntilClosed();
        }
        // No stranger may fill the log with stack traces.
        tls.process().assertCleanLog();
    }

    @ParameterizedTest
    @CsvSource({"h2c,h1", "h2c,h2c", "h2c,h2", "h2,h1"})
    void largeBodiesPassWholeInBothDirections(String front, String upstream) {
        try (H2Client client = client(front)) {
            H2Stream.Response down = client.get("/" + upstream + "/large").response();
            assertThat(down.ended()).isNull();
            assertThat(down.body()).isEqualTo(RepeatingBytes.bytes(LARGE));

            endings.clear();
            H2Stream up = client.stream().headers("POST", "/" + upstream + "/upload", false);
            for (int i = 0; i < 30; i++) {
                up.data(RepeatingBytes.bytes(100_000), i == 29);
            }
            assertThat(up.response().text()).isEqualTo("taken");
        }
        if (upstream.equals("h1")) {
            assertThat(last("/upload").body().length()).isEqualTo(LARGE);
        } else {
            assertEnding("complete");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h1", "h2c", "h2"})
    void streamsOfOneConnectionRunSideBySide(String upstream) {
        try (H2Client client = clearClient()) {
            long before = System.nanoTime();
            List<H2Stream> streams = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                streams.add(client.get("/" + upstream + "/slow"));
            }
            for (H2Stream stream : streams) {
                assertThat(stream.response().text()).isEqualTo("slow");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "h2"})
    void answerHasNoFieldsOfAConnection(String front) {
        try (H2Client client = client(front)) {
            for (String path : List.of("/h1/hop", "/h1/endless", "/h2c/echo")) {
                H2Stream stream = client.get(path);
                Headers got = stream.nextFields().headers();
                assertThat(got.map().keySet())
                        .doesNotContain("connection", "keep-alive", "transfer-encoding", "upgrade", "x-a")
                        .allMatch(name -> !name.startsWith("x-http2-"));
                stream.reset(Http2Error.CANCEL);
            }
        }
    }

    @Test
    void trailersOfHttp1ArriveOverHttp2() {
        try (H2Client client = clearClient()) {
            H2Stream.Response got = client.get("/h1/trailers").response();
            assertThat(got.text()).isEqualTo("body");
            assertThat(got.trailers().first("x-checksum")).contains("abc");
        }
    }

    @Test
    void headHasNoBody() {
        try (H2Client client = clearClient()) {
            H2Stream.Response got =
                    client.stream().headers("HEAD", "/h1/large", true).response();
            assertThat(got.head().headers().first("content-length")).contains(Integer.toString(LARGE));
            assertThat(got.body()).isEmpty();
            assertThat(got.ended()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "h2"})
    void failuresAreProblems(String front) {
        try (H2Client client = client(front)) {
            H2Stream.Response refused = client.get("/refused").response();
            ProblemAssert.assertThat(answer(refused)).hasStatus(502).isProblem().hasProxyError("connection_refused");
            ProblemAssert.assertThat(answer(client.get("/nothing").response()))
                    .hasStatus(404)
                    .isProblem();
            assertThat(client.get("/h1/echo").response().head().status()).isEqualTo(200);
        }
    }

    private static Answer answer(H2Stream.Response response) {
        return new Answer(response.head().status(), response.head().headers(), response.body());
    }

    // ---- gRPC

    private static byte[] message(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + bytes.length)
                .put((byte) 0)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    private static H2Stream grpc(H2Client client, String path) {
        return client.stream().headers("POST", path, false, "content-type", "application/grpc", "te", "trailers");
    }

    @ParameterizedTest
    @CsvSource({"h2c,h2c", "h2c,h2", "h2,h2c", "h2,h2"})
    void unaryCallIsAnsweredWithItsStatusInTrailers(String front, String upstream) {
        try (H2Client client = client(front)) {
            H2Stream.Response got = grpc(client, "/" + upstream + "/grpc/unary")
                    .data(message("question"), true)
                    .response();
            assertThat(got.ended()).isNull();
            assertThat(got.head().headers().first("content-type")).contains("application/grpc");
            assertThat(got.body()).isEqualTo(message("answer"));
            assertThat(got.trailers().first("grpc-status")).contains("0");
            assertThat(got.trailers().first("grpc-message")).contains("fine");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "h2"})
    void callThatFailsAtOnceHasItsStatusInTheHead(String upstream) {
        try (H2Client client = clearClient()) {
            H2Stream.Response got = grpc(client, "/" + upstream + "/grpc/fails")
                    .data(message("question"), true)
                    .response();
            assertThat(got.ended()).isNull();
            assertThat(got.body()).isEmpty();
            assertThat(got.head().headers().first("grpc-status")).contains("5");
            assertThat(got.head().end())
                    .as("one block of fields is all there is")
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"h2c,h2c", "h2c,h2", "h2,h2c"})
    void messagesGoToAndFroWhileBothSidesAreOpen(String front, String upstream) {
        try (H2Client client = client(front)) {
            H2Stream stream = grpc(client, "/" + upstream + "/grpc/bidi").data(message("first"), false);
            H2Stream.Fields head = stream.nextFields();
            assertThat(head.status()).isEqualTo(200);
            for (String text : List.of("first", "second", "third")) {
                if (!text.equals("first")) {
                    stream.data(message(text), false);
                }
                assertThat(stream.next())
                        .isInstanceOfSatisfying(
                                H2Stream.Data.class,
                                data -> assertThat(data.bytes()).isEqualTo(message(text)));
            }
            stream.data(new byte[0], true);
            H2Stream.Response rest = stream.rest(head);
            assertThat(rest.body()).isEmpty();
            assertThat(rest.trailers().first("grpc-status")).contains("0");
        }
    }

    // ---- cut off

    @ParameterizedTest
    @CsvSource({"h2c,h1", "h2c,h2c", "h2c,h2", "h2,h1"})
    void responseThatBreaksOffResetsTheStreamAlone(String front, String upstream) {
        try (H2Client client = client(front)) {
            H2Stream.Response got = client.get("/" + upstream + "/dies").response();
            if (got.ended() == null) {
                // The reset came together with the head, of which nothing had been passed on yet.
                assertThat(got.head().status()).isEqualTo(502);
            } else {
                assertThat(got.ended()).isInstanceOf(H2Stream.Reset.class);
            }
            assertThat(client.get("/" + upstream + "/echo").response().head().status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "h2"})
    void responseThatBreaksOffClosesAConnectionOfHttp1(String upstream) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            Response got = client.get("/" + upstream + "/dies").readResponse();
            assertThat(got.complete() && got.status() == 200).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h1", "h2c", "h2"})
    void uploadThatBreaksOffIsNeverWhole(String upstream) {
        endings.clear();
        plain.forgetRequests();
        try (H2Client client = clearClient()) {
            H2Stream stream = client.stream()
                    .headers("POST", "/" + upstream + "/upload", false)
                    .data("some of it", false);
            awaitUpload(upstream);
            stream.reset(Http2Error.CANCEL);
            if (upstream.equals("h1")) {
                assertThat(last("/upload").awaitEnd(Duration.ofSeconds(5)).state())
                        .isEqualTo(Recorded.State.BROKEN);
            } else {
                assertEnding("broken");
            }
            assertThat(client.get("/" + upstream + "/echo").response().head().status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h1", "h2c"})
    void connectionThatGoesTakesItsUploadsAlong(String upstream) {
        endings.clear();
        plain.forgetRequests();
        try (H2Client client = clearClient()) {
            client.stream()
                    .headers("POST", "/" + upstream + "/upload", false, "content-length", "1000")
                    .data("some of it", false);
            awaitUpload(upstream);
        }
        if (upstream.equals("h1")) {
            assertThat(last("/upload").awaitEnd(Duration.ofSeconds(5)).state()).isEqualTo(Recorded.State.BROKEN);
        } else {
            assertEnding("broken");
        }
    }

    @Test
    void lengthThatIsNotKeptBreaksTheUpload() {
        plain.forgetRequests();
        try (H2Client client = clearClient()) {
            H2Stream stream = client.stream()
                    .headers("POST", "/h1/upload", false, "content-length", "1000")
                    .data("too little", true);
            H2Stream.Event event = stream.next();
            if (event instanceof H2Stream.Fields fields) {
                assertThat(fields.status()).isEqualTo(400);
            } else {
                assertThat(event).isInstanceOf(H2Stream.Reset.class);
            }
        }
        assertThat(plain.requests())
                .allSatisfy(request -> assertThat(
                                request.awaitEnd(Duration.ofSeconds(5)).state())
                        .isEqualTo(Recorded.State.BROKEN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/endless", "/silent"})
    void streamThatTheClientCancelsEndsTheUpstreamRequest(String path) {
        plain.forgetRequests();
        try (H2Client client = clearClient()) {
            H2Stream stream = client.get("/h1" + path);
            plain.awaitRequests(1);
            long connection = plain.lastRequest().connection();
            stream.reset(Http2Error.CANCEL);
            Eventually.within(
                    Duration.ofSeconds(1),
                    "the upstream connection to be closed",
                    () -> plain.connectionLog().stream().noneMatch(c -> c.id() == connection && c.open()));
            assertThat(client.get("/h1/echo").response().head().status()).isEqualTo(200);
        }
    }

    private static void awaitUpload(String upstream) {
        if (upstream.equals("h1")) {
            Eventually.holds(
                    "the upload to have begun",
                    () -> plain.requests().stream()
                            .anyMatch(
                                    r -> r.path().equals("/upload") && r.body().length() > 0));
        } else {
            H2Backend backend = upstream.equals("h2") ? secure : clear;
            int before = backend.requests().size();
            Eventually.holds(
                    "the upload to have begun",
                    () -> backend.requests().stream()
                            .skip(Math.max(0, before - 1))
                            .anyMatch(r -> r.target().equals("/upload")));
        }
    }

    private static void assertEnding(String expected) {
        try {
            assertThat(endings.poll(5, TimeUnit.SECONDS)).isEqualTo(expected);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static Recorded last(String path) {
        List<Recorded> all =
                plain.requests().stream().filter(r -> r.path().equals(path)).toList();
        return all.get(all.size() - 1);
    }
}

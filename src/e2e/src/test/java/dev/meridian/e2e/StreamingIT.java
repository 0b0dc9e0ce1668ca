package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Exchange;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each part of a body is passed on when it comes, in both directions; trailers too; and a client's end is passed on. */
class StreamingIT {

    private static final Semaphore GO = new Semaphore(0);

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.byPath(Map.ofEntries(
            Map.entry(
                    "/events",
                    piecewise(Headers.of("Content-Type", "text/event-stream", "Transfer-Encoding", "chunked"), true)),
            Map.entry("/chunked", piecewise(Headers.of("Transfer-Encoding", "chunked"), true)),
            Map.entry("/length", piecewise(Headers.of("Content-Length", "27"), false)),
            Map.entry("/until-closed", Behaviour.closeAfter(piecewise(Headers.none(), false))),
            Map.entry("/head-first", (request, out) -> {
                out.head(200, Headers.of("Content-Length", "4"));
                out.flush();
                go();
                out.write("body".getBytes(StandardCharsets.US_ASCII));
            }),
            Map.entry("/upload", Behaviour.answer(200, "taken")),
            Map.entry("/talk", Behaviour.atHead((request, out) -> {
                out.head(200, Headers.of("Transfer-Encoding", "chunked"));
                out.chunk("hello ".getBytes(StandardCharsets.US_ASCII));
                out.readBody();
                out.chunk(request.body().bytes());
                out.lastChunk(Headers.none());
            })),
            Map.entry("/trailers", Behaviour.trailers("body", Map.of("X-Checksum", "abc", "X-Other", "def"))),
            Map.entry("/trailers-unannounced", (request, out) -> {
                out.head(200, Headers.of("Transfer-Encoding", "chunked"));
                out.chunk("body".getBytes(StandardCharsets.US_ASCII));
                out.lastChunk(Headers.of("X-Checksum", "abc"));
            }),
            Map.entry("/trailers-slowly", (request, out) -> {
                out.head(200, Headers.of("Transfer-Encoding", "chunked", "Trailer", "X-Checksum"));
                out.chunk("body".getBytes(StandardCharsets.US_ASCII));
                out.pause(Duration.ofMillis(100));
                out.lastChunk(Headers.of("X-Checksum", "abc"));
            }),
            Map.entry("/trailers-forbidden", (request, out) -> {
                out.head(200, Headers.of("Transfer-Encoding", "chunked", "Trailer", "X-Checksum, Content-Length"));
                out.chunk("body".getBytes(StandardCharsets.US_ASCII));
                out.lastChunk(Headers.of("X-Checksum", "abc", "Content-Length", "1000", "Transfer-Encoding", "gzip"));
            }),
            Map.entry("/endless", (request, out) -> {
                out.head(200, Headers.of("Transfer-Encoding", "chunked"));
                byte[] piece = "x".repeat(1_000).getBytes(StandardCharsets.US_ASCII);
                while (true) {
                    out.chunk(piece);
                    out.pause(Duration.ofMillis(5));
                }
            }),
            Map.entry("/quiet", (request, out) -> {
                out.head(200, Headers.of("Transfer-Encoding", "chunked"));
                out.chunk("first".getBytes(StandardCharsets.US_ASCII));
                out.awaitPeerClosed();
            }),
            Map.entry("/silent", Behaviour.blackHole()))));

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of("streaming", GatewayConfig.allTo(backend.url()));

    private static Behaviour piecewise(Headers headers, boolean chunked) {
        return (request, out) -> {
            out.head(200, headers);
            for (int i = 0; i < 3; i++) {
                if (i > 0) {
                    go();
                }
                piece(out, "piece " + i + "\n\n", chunked);
            }
            if (chunked) {
                out.lastChunk(Headers.none());
            }
        };
    }

    private static void piece(Exchange out, String text, boolean chunked) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        if (chunked) {
            out.chunk(bytes);
        } else {
            out.write(bytes);
            out.flush();
        }
    }

    /** Waits until the test has seen what was sent. */
    private static void go() throws IOException {
        try {
            if (!GO.tryAcquire(10, TimeUnit.SECONDS)) {
                throw new IOException("the test has not seen the piece before");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @BeforeEach
    void reset() {
        GO.drainPermits();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/events", "/chunked", "/length", "/until-closed"})
    void eachPieceComesBeforeTheNextIsSent(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.get(path);
            readUntil(client, "piece 0\n\n");
            GO.release();
            readUntil(client, "piece 1\n\n");
            GO.release();
            readUntil(client, "piece 2\n\n");
        }
    }

    @Test
    void headComesBeforeTheBody() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.get("/head-first");
            assertThat(client.readHead().status()).isEqualTo(200);
            GO.release();
            assertThat(client.readBytes(4)).asString(StandardCharsets.US_ASCII).isEqualTo("body");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: chunked", "Content-Length: 10"})
    void eachPieceOfAnUploadIsUpstreamBeforeTheNextIsSent(String framing) {
        backend.forgetRequests();
        boolean chunked = framing.contains("chunked");
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("POST /upload HTTP/1.1\r\nHost: localhost\r\n" + framing + "\r\n\r\n");
            Recorded request = backend.awaitRequests(1).get(0);
            client.send(chunked ? "5\r\nfirst\r\n" : "first");
            Eventually.holds("the first piece", () -> request.body().text().equals("first"));
            client.send(chunked ? "5\r\nafter\r\n0\r\n\r\n" : "after");
            assertThat(client.readResponse().body().text()).isEqualTo("taken");
            assertThat(request.body().text()).isEqualTo("firstafter");
        }
    }

    @Test
    void responseMayBeginBeforeTheRequestHasEnded() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("POST /talk HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            readUntil(client, "hello ");
            client.send("5\r\nworld\r\n0\r\n\r\n");
            readUntil(client, "world");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/trailers", "/trailers-unannounced", "/trailers-slowly", "/trailers-forbidden"})
    void trailersArrive(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < 2; i++) {
                client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nTE: trailers\r\nConnection: TE\r\n\r\n");
                Response response = client.readResponse();
                assertThat(response.complete()).isTrue();
                assertThat(response.body().text()).isEqualTo("body");
                assertThat(response.trailers().first("X-Checksum"))
                        .as("%s", response)
                        .contains("abc");
                assertThat(response.trailers().has("Content-Length")).isFalse();
                assertThat(response.trailers().has("Transfer-Encoding")).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/endless", "/quiet"})
    void clientThatGoesInTheMiddleOfADownloadEndsTheUpstreamConnection(String path) {
        backend.forgetRequests();
        try (RawClient client = RawClient.connect(gateway.port())) {
            assertThat(client.get(path).readHead().status()).isEqualTo(200);
            client.reset();
        }
        assertClosedSoon(backend.lastRequest().connection());
    }

    @Test
    void clientThatGoesBeforeTheAnswerEndsTheUpstreamConnection() {
        backend.forgetRequests();
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.get("/silent");
            backend.awaitRequests(1);
        }
        assertClosedSoon(backend.lastRequest().connection());
    }

    private static void assertClosedSoon(long connection) {
        Eventually.within(
                Duration.ofSeconds(1),
                "the upstream connection to be closed",
                () -> backend.connectionLog().stream().noneMatch(c -> c.id() == connection && c.open()));
    }

    private static void readUntil(RawClient client, String end) {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(end) < 0) {
            read.append(new String(client.readBytes(1), StandardCharsets.ISO_8859_1));
        }
    }
}

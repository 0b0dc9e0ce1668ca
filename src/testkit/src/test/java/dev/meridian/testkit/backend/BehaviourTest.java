package dev.meridian.testkit.backend;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.Headers;
import dev.meridian.testkit.http.MalformedMessageException;
import dev.meridian.testkit.http.RepeatingBytes;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each ready-made behaviour as a client sees it. */
class BehaviourTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final Backend backend = Backend.start(Behaviour.answer(200, "ok"));
    private final RawClient client = RawClient.connect(backend.port());

    @AfterEach
    void close() {
        client.close();
        backend.close();
        assertThat(backend.violations()).isEmpty();
    }

    private Response get(Behaviour behaviour) {
        backend.behave(behaviour);
        return client.get("/").readResponse();
    }

    @Test
    void answersWithHeaders() {
        Response response = get(Behaviour.answer(418, Headers.of("A", "1", "a", "2"), "short"));
        assertThat(response.status()).isEqualTo(418);
        assertThat(response.headers()).isEqualTo(Headers.of("A", "1", "a", "2", "Content-Length", "5"));
        assertThat(response.complete()).isTrue();
    }

    @Test
    void answersWithoutABodyWhereThereCanBeNone() {
        assertThat(get(Behaviour.answer(204, Headers.none(), "")).headers().list())
                .isEmpty();
        backend.behave(Behaviour.answer(200, "not for HEAD"));
        Response head = client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n").readResponseToHead();
        assertThat(head.headers().first("Content-Length")).contains("12");
        assertThat(client.get("/").readResponse().body().text()).isEqualTo("not for HEAD");
    }

    @Test
    void echoes() {
        backend.behave(Behaviour.echo());
        client.send("POST /x?y HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 3\r\n\r\nabc");
        assertThat(client.readResponse().body().text())
                .startsWith("{\"method\":\"POST\",\"target\":\"/x?y\",\"version\":\"HTTP/1.1\"")
                .contains("\"x-a\":[\"1\",\"2\"]", "\"body\":\"abc\"", "\"length\":3", "\"connection\":1");
    }

    @Test
    void answersLate() {
        long start = System.nanoTime();
        assertThat(get(Behaviour.after(ofMillis(80), Behaviour.answer(200, "late")))
                        .status())
                .isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(ofMillis(80), SOON);
    }

    @Test
    void answersByPathAndInTurn() {
        backend.behave(Behaviour.byPath(Map.of(
                "/turns", Behaviour.inTurn(Behaviour.answer(503, "1"), Behaviour.answer(200, "2")),
                "/a/*", Behaviour.answer(200, "a"),
                "/a/b/*", Behaviour.answer(200, "b"))));
        assertThat(List.of("/turns", "/turns?q", "/turns", "/a/x", "/a/b/c", "/a"))
                .map(target -> client.get(target).readResponse().status() + " "
                        + backend.lastRequest().path())
                .containsExactly("503 /turns", "200 /turns", "200 /turns", "200 /a/x", "200 /a/b/c", "404 /a");
    }

    @Test
    void streamsChunks() {
        Response response = get(Behaviour.chunked(List.of("one", "two", "three"), ofMillis(1)));
        assertThat(response.body().text()).isEqualTo("onetwothree");
        assertThat(response.complete()).isTrue();
    }

    @Test
    void dropsTheLastChunk() {
        Response response = get(Behaviour.chunkedCut(List.of("one", "two"), ofMillis(1)));
        assertThat(response.body().text()).isEqualTo("onetwo");
        assertThat(response.complete()).isFalse();
    }

    @Test
    void sendsEvents() {
        Response response = get(Behaviour.serverSentEvents(3, ofMillis(1)));
        assertThat(response.headers().first("content-type")).contains("text/event-stream");
        assertThat(response.body().text())
                .isEqualTo("id: 0\ndata: event 0\n\nid: 1\ndata: event 1\n\nid: 2\ndata: event 2\n\n");
    }

    @Test
    void streamsLargeBodies() {
        long size = 30_000_000;
        Response response = get(Behaviour.large(size));
        assertThat(response.complete()).isTrue();
        assertThat(response.body().length()).isEqualTo(size);
        assertThat(response.body().sha256()).isEqualTo(RepeatingBytes.sha256(size));
    }

    @Test
    void dripsSlowly() {
        long start = System.nanoTime();
        Response response = get(Behaviour.slowDrip(1_000, 5_000));
        assertThat(response.body().bytes()).isEqualTo(RepeatingBytes.bytes(1_000));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(ofMillis(190), SOON);
    }

    @Test
    void sendsTrailers() {
        Response response = get(Behaviour.trailers("body", Map.of("Checksum", "1234")));
        assertThat(response.headers().first("Trailer")).contains("Checksum");
        assertThat(response.body().text()).isEqualTo("body");
        assertThat(response.trailers()).isEqualTo(Headers.of("Checksum", "1234"));
    }

    @Test
    void sendsHalfABody() {
        Response response = get(Behaviour.halfBody(100, 40));
        assertThat(response.headers().first("Content-Length")).contains("100");
        assertThat(response.body().length()).isEqualTo(40);
        assertThat(response.complete()).isFalse();
    }

    @Test
    void resetsInsteadOfAnswering() {
        assertThatThrownBy(() -> get(Behaviour.reset()))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(SocketException.class);
    }

    @Test
    void resetsAfterTheHeaders() {
        Response response = get(Behaviour.resetAfterHeaders());
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.complete()).isFalse();
    }

    @Test
    void closesInsteadOfAnswering() {
        backend.behave(Behaviour.closeWithoutAnswer());
        client.get("/").expectClosed(SOON);
    }

    @Test
    void swallowsEverything() {
        backend.behave(Behaviour.blackHole());
        client.get("/").expectSilence(ofMillis(100));
        assertThat(backend.connections().open()).isEqualTo(1);
    }

    @Test
    void refusesABodyBeforeItCame() {
        backend.behave(Behaviour.refuseBody(413));
        client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
        assertThat(client.readResponse().status()).isEqualTo(413);
        client.send("never").get("/");
        assertThat(client.readResponse().status()).isEqualTo(413);
    }

    @Test
    void refusesABodyAndCloses() {
        backend.behave(Behaviour.refuseBodyAndClose(413));
        client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
        Response response = client.readResponse();
        assertThat(response.status()).isEqualTo(413);
        assertThat(response.headers().first("connection")).contains("close");
        client.expectClosed(SOON);
        assertThat(backend.lastRequest().awaitEnd(SOON).complete()).isFalse();
    }

    @Test
    void sendsInterimResponses() {
        Response response = get(Behaviour.interim(List.of(102, 103), Behaviour.answer(200, "ok")));
        assertThat(response.interimStatuses()).containsExactly(102, 103);
        assertThat(response.interim().get(1).headers().has("Link")).isTrue();
        assertThat(response.status()).isEqualTo(200);
    }

    @Test
    void continuesWhenThatIsExpected() {
        client.send("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        assertThat(client.readHead().status()).isEqualTo(100);
        assertThat(client.send("abc").readResponse().status()).isEqualTo(200);

        backend.behave(Behaviour.continueThen(Behaviour.answer(201, "stored")));
        client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n");
        assertThat(client.readHead().status()).isEqualTo(100);
        assertThat(client.send("abc").readResponse().status()).isEqualTo(201);
        assertThat(backend.lastRequest().body().text()).isEqualTo("abc");
    }

    @Test
    void keepsSilentAboutWhatIsExpected() {
        backend.behave(Behaviour.withoutContinue(Behaviour.answer(200, "ok")));
        client.send("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        client.expectSilence(ofMillis(100));
        assertThat(client.send("abc").readResponse().interim()).isEmpty();
    }

    @Test
    void speaksNoHttp() {
        backend.behave(Behaviour.notHttp());
        assertThat(new String(client.get("/").readUntilClosed(), StandardCharsets.ISO_8859_1))
                .startsWith("220 mail.example");
    }

    @Test
    void sendsABadHeader() {
        assertThatThrownBy(() -> get(Behaviour.badHeader())).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void closesWithoutHavingSaidSo() {
        Response response = get(Behaviour.closeAfterAnswer());
        assertThat(response.complete()).isTrue();
        assertThat(response.headers().has("Connection")).isFalse();
        client.expectClosed(SOON);
    }

    @Test
    void sendsBytesAsTheyAre() {
        Response response =
                get(Behaviour.raw("HTTP/1.1 200 \r\ncontent-length:1\r\n\r\nx".getBytes(StandardCharsets.ISO_8859_1)));
        assertThat(response.headers()).isEqualTo(Headers.of("content-length", "1"));
        assertThat(get(Behaviour.answer(200, "on the same connection")).status())
                .isEqualTo(200);
    }
}

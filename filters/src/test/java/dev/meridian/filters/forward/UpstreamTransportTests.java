package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.meridian.filters.forward.Upstreams.Call;
import dev.meridian.filters.forward.Upstreams.Pool;
import dev.meridian.filters.forward.Upstreams.Result;
import dev.meridian.filters.problem.Failure;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.H2Backend;
import dev.meridian.testkit.backend.H2Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.http.Headers;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Connections to upstreams over real sockets. */
class UpstreamTransportTests {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Behaviour OK = Behaviour.answer(200, "ok");
    private static final Pool POOL = Pool.of(16);

    private final Upstreams upstreams = new Upstreams();
    private final Backend backend = Backend.start(OK);

    @AfterEach
    void close() {
        upstreams.close();
        backend.close();
    }

    // ---- one connection after the other

    @Test
    void send_oneAfterTheOther_reusesTheConnection() {
        assertThat(send("GET")).isEqualTo("200 ok");
        assertThat(send("POST")).isEqualTo("200 ok");
        assertThat(send("GET")).isEqualTo("200 ok");

        assertThat(backend.connections().total()).isEqualTo(1);
        assertThat(backend.violations()).isEmpty();
    }

    @Test
    void send_atTheSameTime_opensAsManyAsNeeded() {
        backend.behave(Behaviour.after(Duration.ofMillis(100), OK));

        List<Call> calls = startOnFirstLoop(5, POOL);

        assertThat(calls).allSatisfy(call -> assertThat(call.await().status()).isEqualTo(200));
        assertThat(backend.connections().total()).isEqualTo(5);
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(upstreams.pool()).isEqualTo(new UpstreamTransport.PoolView("test", 5, 5, 0)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                // Bytes that no request has asked for: nobody knows what they belong to.
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno",
            })
    void send_answerThatEndsTheConnection_opensAnother(String raw) {
        backend.behave(Behaviour.raw(raw.getBytes(StandardCharsets.ISO_8859_1)));
        assertThat(send("GET")).isEqualTo("200 ok");

        backend.behave(OK);
        assertThat(send("GET")).isEqualTo("200 ok");

        assertThat(backend.connections().total()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, 200, Content-Length: 5",
        "GET,  204, X: y",
        "GET,  304, Content-Length: 5",
    })
    void send_answerWithoutABody_endsWithItsHead(String method, int status, String field) {
        String head = "HTTP/1.1 " + status + " x\r\n" + field + "\r\n\r\n";
        backend.behave(Behaviour.raw(head.getBytes(StandardCharsets.ISO_8859_1)));

        assertThat(send(method)).isEqualTo(status + " ");
        backend.behave(OK);
        assertThat(send("GET")).isEqualTo("200 ok");
        assertThat(backend.connections().total()).isEqualTo(1);
    }

    @Test
    void send_untilTheConnectionIsClosed_isAWholeAnswer() {
        backend.behave(Behaviour.closeAfter(
                Behaviour.raw("HTTP/1.1 200 OK\r\n\r\nto the end".getBytes(StandardCharsets.ISO_8859_1))));

        assertThat(send("GET")).isEqualTo("200 to the end");
    }

    // ---- connections that died while unused

    @Test
    void send_staleConnection_getIsRepeatedOnANewOne() {
        backend.behave(Behaviour.inTurn(OK, Behaviour.closeWithoutAnswer(), OK));
        send("GET");

        assertThat(send("GET")).isEqualTo("200 ok");

        assertThat(backend.requestCount()).isEqualTo(3);
        assertThat(backend.connections().total()).isEqualTo(2);
    }

    @Test
    void send_staleConnection_postIsNotRepeated() {
        backend.behave(Behaviour.inTurn(OK, Behaviour.closeWithoutAnswer(), OK));
        send("GET");

        Result result = upstreams.send("POST", backend.port(), POOL);

        assertThat(result.kind()).isEqualTo(Failure.CONNECTION_TERMINATED);
        assertThat(backend.requestCount()).isEqualTo(2);
    }

    @Test
    void send_staleConnectionTwice_isRepeatedOnce() {
        backend.behave(Behaviour.inTurn(OK, Behaviour.closeWithoutAnswer(), Behaviour.closeWithoutAnswer(), OK));
        send("GET");

        assertThat(upstreams.send("GET", backend.port(), POOL).kind()).isEqualTo(Failure.CONNECTION_TERMINATED);
        assertThat(backend.requestCount()).isEqualTo(3);
    }

    @Test
    void send_newConnectionClosedWithoutAnAnswer_isNotRepeated() {
        backend.behave(Behaviour.closeWithoutAnswer());

        assertThat(upstreams.send("GET", backend.port(), POOL).kind()).isEqualTo(Failure.CONNECTION_TERMINATED);
        assertThat(backend.requestCount()).isEqualTo(1);
    }

    @Test
    void send_backendRestarted_nobodyNotices() {
        send("GET");

        backend.restartOnSamePort();

        assertThat(send("GET")).isEqualTo("200 ok");
        assertThat(send("POST")).isEqualTo("200 ok");
    }

    @ParameterizedTest
    @CsvSource({"timeout=0, 2", "'timeout=0, max=5', 2", "timeout=30, 1", "max=5, 1", "timeout=, 1", "rubbish, 1"})
    void send_keepAliveHint_isHeeded(String hint, int connections) {
        backend.behave(Behaviour.answer(200, Headers.of("Keep-Alive", hint), "ok"));

        send("GET");
        send("GET");

        assertThat(backend.connections().total()).isEqualTo(connections);
    }

    @Test
    void send_keepAliveHintOfASecond_isUsedForHalfOfIt() {
        backend.behave(Behaviour.answer(200, Headers.of("Keep-Alive", "timeout=1"), "ok"));
        send("GET");
        send("GET");
        assertThat(backend.connections().total()).isEqualTo(1);

        await().pollDelay(Duration.ofMillis(550)).until(() -> true);
        send("GET");

        assertThat(backend.connections().total()).isEqualTo(2);
    }

    @Test
    void evict_unusedForTooLong_isClosed() {
        Pool impatient = POOL.idleTimeout(Duration.ofMillis(50));
        upstreams.send("GET", backend.port(), impatient);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(backend.connections().open()).isZero());
    }

    @Test
    void evict_nothingLeft_forgetsThePool() {
        upstreams.send("GET", backend.port(), POOL.idleTimeout(Duration.ofMillis(50)));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(upstreams.transport.pools()).isEmpty());
    }

    // ---- limits

    @Test
    void send_allConnectionsInUse_waitsForOne() {
        backend.behave(Behaviour.after(Duration.ofMillis(60), OK));

        List<Call> calls = startOnFirstLoop(4, Pool.of(2));

        assertThat(calls).allSatisfy(call -> assertThat(call.await().status()).isEqualTo(200));
        assertThat(backend.connections().total()).isEqualTo(2);
        assertThat(upstreams.pool().pending()).isZero();
    }

    @Test
    void send_limitRaised_opensAsManyAsAllowedNow() {
        backend.behave(Behaviour.after(Duration.ofMillis(300), OK));
        List<Call> before = startOnFirstLoop(4, Pool.of(1));

        Call after = upstreams.start(0, "GET", backend.port(), Pool.of(4), null);

        // One alone would need three times as long.
        await().atMost(SOON).until(() -> upstreams.pool().connections() == 4);
        assertThat(before).allSatisfy(call -> assertThat(call.await().status()).isEqualTo(200));
        assertThat(after.await().status()).isEqualTo(200);
        assertThat(upstreams.pool().pending()).isZero();
    }

    @Test
    void send_limitLowered_closesWhatIsTooMuch() {
        backend.behave(Behaviour.after(Duration.ofMillis(300), OK));
        List<Call> before = startOnFirstLoop(4, Pool.of(4));
        await().atMost(SOON).until(() -> upstreams.pool().connections() == 4);
        before.forEach(Call::await);

        List<Call> after = startOnFirstLoop(6, Pool.of(2));

        assertThat(after).allSatisfy(call -> assertThat(call.await().status()).isEqualTo(200));
        await().atMost(SOON).until(() -> upstreams.pool().connections() <= 2);
        assertThat(upstreams.pool().pending()).isZero();
    }

    @Test
    void send_tooManyWait_isRefusedAtOnce() {
        backend.behave(Behaviour.after(Duration.ofMillis(300), OK));
        Pool small = Pool.of(1).maxPending(1);
        List<Call> calls = startOnFirstLoop(2, small);

        Result refused = upstreams.start(0, "GET", backend.port(), small, null).await();

        assertThat(refused.kind()).isEqualTo(Failure.CONNECTION_LIMIT_REACHED);
        assertThat(refused.failure())
                .isNotNull()
                .extracting(e -> e.requestUnsent())
                .isEqualTo(true);
        assertThat(calls).allSatisfy(call -> assertThat(call.await().status()).isEqualTo(200));
    }

    @Test
    void send_waitsTooLong_isRefusedThen() {
        backend.behave(Behaviour.after(Duration.ofMillis(300), OK));
        List<Call> calls = startOnFirstLoop(2, Pool.of(1).pendingTimeout(Duration.ofMillis(50)));

        assertThat(calls.get(1).await().kind()).isEqualTo(Failure.CONNECTION_LIMIT_REACHED);
        assertThat(calls.get(0).await().status()).isEqualTo(200);
        assertThat(upstreams.pool().pending()).isZero();
    }

    @Test
    void cancel_whileWaiting_givesThePlaceBack() {
        backend.behave(Behaviour.after(Duration.ofMillis(200), OK));
        Pool small = Pool.of(1).maxPending(1);
        List<Call> calls = startOnFirstLoop(2, small);

        calls.get(1).cancel();
        await().atMost(SOON).until(() -> upstreams.pool().pending() == 0);
        Call another = upstreams.start(0, "GET", backend.port(), small, null);

        assertThat(calls.get(0).await().status()).isEqualTo(200);
        assertThat(another.await().status()).isEqualTo(200);
        assertThat(calls.get(1).isDone()).isFalse();
    }

    @Test
    void send_idleConnectionsOfAnotherLoop_makeRoom() {
        Pool one = Pool.of(1);
        assertThat(upstreams.start(0, "GET", backend.port(), one, null).await().status())
                .isEqualTo(200);

        assertThat(upstreams.start(1, "GET", backend.port(), one, null).await().status())
                .isEqualTo(200);

        assertThat(backend.connections().total()).isEqualTo(2);
        await().atMost(SOON).until(() -> backend.connections().open() == 1);
    }

    /** "A connection is not used again when it is older than this", however busy it is. */
    @Test
    void send_connectionThatIsTooOld_isNotHandedToTheNextThatWaits() {
        backend.behave(Behaviour.after(Duration.ofMillis(80), OK));

        List<Call> calls = startOnFirstLoop(2, Pool.of(1).maxLife(Duration.ofMillis(40)));

        assertThat(calls).allSatisfy(call -> assertThat(call.await().status()).isEqualTo(200));
        assertThat(backend.connections().total()).isEqualTo(2);
    }

    /** Whoever waited and was served waits no more: nobody has to make room for it. */
    @Test
    void release_nobodyWaitsAnyMore_keepsTheConnection() {
        Pool two = Pool.of(2);
        backend.behave(Behaviour.inTurn(
                Behaviour.after(Duration.ofMillis(50), OK), Behaviour.after(Duration.ofMillis(250), OK), OK));
        Call first = upstreams.start(0, "GET", backend.port(), two, null);
        backend.awaitRequests(1);
        Call onTheOtherLoop = upstreams.start(1, "GET", backend.port(), two, null);
        backend.awaitRequests(2);
        Call waiting = upstreams.start(0, "GET", backend.port(), two, null);
        assertThat(List.of(first, waiting, onTheOtherLoop))
                .allSatisfy(call -> assertThat(call.await().status()).isEqualTo(200));

        upstreams.start(1, "GET", backend.port(), two, null).await();

        assertThat(backend.connections().total()).isEqualTo(2);
    }

    @Test
    void passOn_slotsThatAnotherLoopFrees_serveAllThatWait() {
        Pool two = Pool.of(2);
        Behaviour last =
                Behaviour.after(Duration.ofMillis(100), Behaviour.answer(200, Headers.of("Connection", "close"), "ok"));
        backend.behave(Behaviour.inTurn(last, last, Behaviour.after(Duration.ofMillis(300), OK)));
        List<Call> calls = new ArrayList<>();
        calls.add(upstreams.start(1, "GET", backend.port(), two, null));
        calls.add(upstreams.start(1, "GET", backend.port(), two, null));
        backend.awaitRequests(2);
        calls.add(upstreams.start(0, "GET", backend.port(), two, null));
        calls.add(upstreams.start(0, "GET", backend.port(), two, null));

        assertThat(calls).allSatisfy(call -> assertThat(call.await().status()).isEqualTo(200));
        assertThat(backend.connections().total())
                .as("each of the two slots is for one of the two that waited")
                .isEqualTo(4);
    }

    // ---- failures

    @Test
    void send_nobodyListens_isRefusedUnsent() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }

        Result result = upstreams.send("POST", free, POOL);

        assertThat(result.kind()).isEqualTo(Failure.CONNECTION_REFUSED);
        assertThat(result.failure())
                .isNotNull()
                .extracting(e -> e.requestUnsent())
                .isEqualTo(true);
        assertThat(upstreams.pool().connections()).isZero();
    }

    @Test
    void send_answerIsNoHttp_isAProtocolError() {
        backend.behave(Behaviour.notHttp());

        assertThat(upstreams.send("GET", backend.port(), POOL).kind()).isEqualTo(Failure.HTTP_PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nBa\u0001d: x\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nX: a\u0000b\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
                "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 1000 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 42 OK\r\nContent-Length: 2\r\n\r\nok",
            })
    void send_brokenAnswer_isAProtocolErrorAndTheConnectionClosed(String raw) {
        backend.behave(Behaviour.raw(raw.getBytes(StandardCharsets.ISO_8859_1)));

        assertThat(upstreams.send("GET", backend.port(), POOL).kind()).isEqualTo(Failure.HTTP_PROTOCOL_ERROR);
        await().atMost(SOON).until(() -> backend.connections().open() == 0);
    }

    @Test
    void send_reset_isATerminatedConnection() {
        backend.behave(Behaviour.reset());

        assertThat(upstreams.send("GET", backend.port(), POOL).kind()).isEqualTo(Failure.CONNECTION_TERMINATED);
    }

    @Test
    void send_halfABody_isNeverAWholeOne() {
        backend.behave(Behaviour.halfBody(100, 40));

        Result result = upstreams.send("GET", backend.port(), POOL);

        assertThat(result.status()).isEqualTo(200);
        assertThat(result.body()).hasSizeLessThan(100);
        assertThat(result.kind()).isEqualTo(Failure.HTTP_RESPONSE_INCOMPLETE);
    }

    @Test
    void send_chunksWithoutAnEnd_areNeverAWholeBody() {
        backend.behave(Behaviour.chunkedCut(List.of("one", "two"), Duration.ZERO));

        assertThat(upstreams.send("GET", backend.port(), POOL).kind()).isEqualTo(Failure.HTTP_RESPONSE_INCOMPLETE);
    }

    @Test
    void cancel_whileTheUpstreamWorks_closesItsConnection() {
        backend.behave(Behaviour.blackHole());
        Call call = upstreams.start(0, "GET", backend.port(), POOL, null);
        backend.awaitRequests(1);

        call.cancel();

        await().atMost(SOON).until(() -> backend.connections().open() == 0);
        assertThat(call.isDone()).isFalse();
    }

    // ---- bodies

    @Test
    void send_body_arrivesWhole() {
        backend.behave(Behaviour.answer(200, "thanks"));

        Call call = upstreams.start(
                0, "POST", backend.port(), POOL, Flux.just("one ", "two").map(UpstreamTransportTests::data));

        assertThat(call.await().body()).isEqualTo("thanks");
        assertThat(backend.lastRequest().complete()).isTrue();
        assertThat(backend.lastRequest().body().text()).isEqualTo("one two");
        assertThat(backend.violations()).isEmpty();
    }

    @Test
    void send_bodyThatFails_isNeverAWholeOneUpstream() {
        Flux<DataBuffer> body = Flux.concat(
                Mono.just(data("one")).delayElement(Duration.ofMillis(50)),
                Mono.error(new IllegalStateException("the client is gone")));

        Call call = upstreams.start(0, "POST", backend.port(), POOL, body);

        assertThat(call.await().kind()).isEqualTo(Failure.REQUEST_BROKEN);
        Recorded request = backend.awaitRequests(1).get(0).awaitEnd(SOON);
        assertThat(request.state()).isEqualTo(Recorded.State.BROKEN);
    }

    @Test
    void send_trailers_endTheBodyLikeAnyOther() {
        backend.behave(Behaviour.trailers("body", Map.of("X-Sum", "1")));

        assertThat(send("GET")).isEqualTo("200 body");
        assertThat(send("GET")).isEqualTo("200 body");
        assertThat(backend.connections().total()).isEqualTo(1);
    }

    // ---- HTTP/2

    @Test
    void send_h2c_sharesOneConnection() {
        try (H2Backend h2 =
                H2Backend.cleartext(H2Behaviour.after(Duration.ofMillis(50), H2Behaviour.answer(200, "two")))) {
            Pool pool = POOL.protocol(Protocol.H2C);
            List<Call> calls = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                calls.add(upstreams.start(0, "GET", h2.port(), pool, null));
            }

            assertThat(calls).allSatisfy(call -> assertThat(call.await().body()).isEqualTo("two"));
            assertThat(h2.connections().total()).isEqualTo(1);
        }
    }

    private List<Call> startOnFirstLoop(int count, Pool pool) {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(upstreams.start(0, "GET", backend.port(), pool, null));
        }
        return calls;
    }

    private String send(String method) {
        Result result = upstreams.send(method, backend.port(), POOL);
        return result.failure() == null ? result.status() + " " + result.body() : String.valueOf(result.kind());
    }

    private static DataBuffer data(String text) {
        return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}

package dev.meridian.testkit.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meridian.testkit.client.Endpoint;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.Header;
import dev.meridian.testkit.http.RepeatingBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a backend records, and how connections go on or end. */
class BackendTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final Backend backend = Backend.start(Behaviour.answer(200, "ok"));

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void recordsARequestAsItCame() {
        try (RawClient client = RawClient.connect(backend.port())) {
            client.send("POST /a%20b?c=d HTTP/1.1\r\nHOST: x\r\nb: 2\r\nA: 1\r\nb:3 \r\nContent-Length: 4\r\n\r\nbody");
            assertThat(client.readResponse().body().text()).isEqualTo("ok");
        }
        Recorded request = backend.lastRequest();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/a%20b?c=d");
        assertThat(request.path()).isEqualTo("/a%20b");
        assertThat(request.headers().list())
                .containsExactly(
                        new Header("HOST", "x"),
                        new Header("b", "2"),
                        new Header("A", "1"),
                        new Header("b", "3"),
                        new Header("Content-Length", "4"));
        assertThat(request.body().text()).isEqualTo("body");
        assertThat(request.complete()).isTrue();
        assertThat(new String(request.raw(), StandardCharsets.ISO_8859_1))
                .startsWith("POST /a%20b?c=d HTTP/1.1\r\nHOST: x\r\n")
                .endsWith("b:3 \r\nContent-Length: 4\r\n\r\nbody");
    }

    @Test
    void keepsConnectionsAndNumbersThem() {
        try (RawClient first = RawClient.connect(backend.port());
                RawClient second = RawClient.connect(backend.port())) {
            first.get("/1").readResponse();
            first.get("/2").readResponse();
            second.get("/3").readResponse();
            assertThat(backend.requests()).extracting(Recorded::connection).containsExactly(1L, 1L, 2L);
            assertThat(backend.connections()).isEqualTo(new Connections(2, 2));
        }
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(backend.connections()).isEqualTo(new Connections(2, 0)));
        assertThat(backend.connectionLog().get(1).raw())
                .asString(StandardCharsets.ISO_8859_1)
                .isEqualTo("GET /3 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(backend.violations()).isEmpty();
    }

    @Test
    void anUploadThatBreaksOffIsIncomplete() {
        try (RawClient client = RawClient.connect(backend.port())) {
            client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
            backend.awaitRequests(1);
            assertThat(backend.lastRequest().complete()).isFalse();
        }
        Recorded request = backend.lastRequest().awaitEnd(SOON);
        assertThat(request.state()).isEqualTo(Recorded.State.BROKEN);
        assertThat(request.body().text()).isEqualTo("half");
    }

    @Test
    void aChunkedUploadWithoutItsLastChunkIsIncomplete() {
        try (RawClient client = RawClient.connect(backend.port())) {
            client.send("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
            backend.awaitRequests(1);
            client.reset();
        }
        Recorded request = backend.lastRequest().awaitEnd(SOON);
        assertThat(request.state()).isEqualTo(Recorded.State.BROKEN);
        assertThat(request.body().length()).isIn(0L, 4L);
    }

    @Test
    void aChunkedUploadIsPutTogether() {
        try (RawClient client = RawClient.connect(backend.port())) {
            client.send("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nfir\r\nA;x=y\r\nst, second\r\n0\r\nCheck: sum\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
        Recorded request = backend.lastRequest();
        assertThat(request.complete()).isTrue();
        assertThat(request.body().text()).isEqualTo("first, second");
        assertThat(request.trailers().first("check")).contains("sum");
    }

    @Test
    void ofALargeUploadOnlyTheFirstBytesAndTheHashAreKept() {
        long size = 50_000_000;
        try (RawClient client = RawClient.connect(backend.port())) {
            client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + size + "\r\n\r\n");
            client.sendRepeating(size);
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
        Recorded request = backend.lastRequest();
        assertThat(request.complete()).isTrue();
        assertThat(request.body().length()).isEqualTo(size);
        assertThat(request.body().sha256()).isEqualTo(RepeatingBytes.sha256(size));
        assertThat(request.body().truncated()).isTrue();
        assertThat(request.body().kept()).isEqualTo(RepeatingBytes.bytes(64 * 1024));
        assertThat(backend.connectionLog().get(0).received()).isGreaterThan(size);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\nHost: x\n\n",
                "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: b\u0000c\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
            })
    void whatTwoReadersCouldReadInTwoWaysIsRefused(String bytes) {
        try (RawClient client = RawClient.connect(backend.port())) {
            client.send(bytes);
            assertThat(client.readResponse().status()).isEqualTo(400);
            client.expectClosed(SOON);
        }
        assertThat(backend.violations()).hasSize(1);
        assertThat(backend.requests()).noneMatch(Recorded::complete);
    }

    @Test
    void forgetsTheOldestRequests() {
        try (Backend forgetful = Backend.start(
                        Behaviour.answer(200, "ok"), BackendOptions.defaults().keeping(3));
                RawClient client = RawClient.connect(forgetful.port())) {
            IntStream.range(0, 10).forEach(i -> client.get("/" + i).readResponse());
            assertThat(forgetful.requests()).extracting(Recorded::target).containsExactly("/7", "/8", "/9");
            assertThat(forgetful.requestCount()).isEqualTo(10);
        }
    }

    @Test
    void canBeKilledAndReturns() {
        int port = backend.port();
        try (RawClient client = RawClient.connect(port)) {
            client.get("/").readResponse();
            backend.stop();
            client.expectClosed(SOON);
        }
        assertThat(connects(backend.address())).isFalse();

        backend.restartOnSamePort();
        assertThat(backend.port()).isEqualTo(port);
        try (RawClient client = RawClient.connect(port)) {
            assertThat(client.get("/again").readResponse().status()).isEqualTo(200);
        }
        assertThat(backend.requests()).extracting(Recorded::target).containsExactly("/", "/again");
    }

    @Test
    void stoppingEndsBehavioursThatWait() {
        backend.behave(Behaviour.after(Duration.ofHours(1), Behaviour.answer(200, "late")));
        try (RawClient client = RawClient.connect(backend.port())) {
            client.get("/");
            backend.awaitRequests(1);
            backend.stop();
            client.expectClosed(SOON);
        }
        await().atMost(SOON).until(() -> backend.connections().open() == 0);
    }

    @Test
    void noticesThatTheClientIsGoneWhileItHoldsTheAnswerBack() {
        backend.behave(Behaviour.after(Duration.ofHours(1), Behaviour.answer(200, "late")));
        try (RawClient client = RawClient.connect(backend.port())) {
            client.get("/");
            backend.awaitRequests(1);
            assertThat(backend.connections().open()).isEqualTo(1);
        }
        await().atMost(SOON).until(() -> backend.connections().open() == 0);
        assertThat(backend.lastRequest().complete()).isTrue();
    }

    @Test
    void aBehaviourMayEndTheConnectionByThrowing() {
        backend.behave((request, out) -> {
            throw new IOException("only ends the connection");
        });
        try (RawClient client = RawClient.connect(backend.port())) {
            client.get("/").expectClosed(SOON);
        }
        assertThat(backend.violations()).isEmpty();
    }

    @Test
    void canBehaveAtTheHead() {
        try (Backend eager = Backend.start(
                        Behaviour.answer(202, "got the head"),
                        BackendOptions.defaults().behavingAtHead());
                RawClient client = RawClient.connect(eager.port())) {
            client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(202);
            assertThat(eager.lastRequest().complete()).isFalse();
            client.send("abc");
            assertThat(client.get("/").readResponse().status()).isEqualTo(202);
            assertThat(eager.requests()).extracting(Recorded::complete).containsExactly(true, true);
        }
    }

    @Test
    void listensOnIpv6() throws IOException {
        assumeTrue(
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress()),
                "no IPv6 here");
        try (Backend six =
                Backend.start(Behaviour.echo(), BackendOptions.defaults().onIpv6())) {
            assertThat(six.url()).isEqualTo("http://[::1]:" + six.port());
            try (RawClient client = RawClient.connect(Endpoint.to(six.address()))) {
                Response response = client.get("/six").readResponse();
                assertThat(response.body().text()).contains("\"target\":\"/six\"");
            }
        }
    }

    @Test
    void connectionsAreServedAtTheSameTime() {
        backend.behave(Behaviour.after(Duration.ofMillis(200), Behaviour.answer(200, "ok")));
        long start = System.nanoTime();
        List<RawClient> clients = IntStream.range(0, 20)
                .mapToObj(i -> RawClient.connect(backend.port()).get("/"))
                .toList();
        clients.forEach(client -> assertThat(client.readResponse().status()).isEqualTo(200));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        clients.forEach(RawClient::close);
    }

    private static boolean connects(InetSocketAddress address) {
        try (RawClient client = RawClient.connect(Endpoint.to(address))) {
            return client.localPort() > 0;
        } catch (UncheckedIOException e) {
            return false;
        }
    }
}

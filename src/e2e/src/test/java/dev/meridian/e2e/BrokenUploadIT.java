package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.client.RawClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An upload that breaks off must never look finished to the backend, wherever and however it breaks. */
class BrokenUploadIT {

    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.answer(200, "taken"));

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of("broken-upload", GatewayConfig.allTo(backend.url()));

    private final String path = "/upload/" + NUMBER.incrementAndGet();

    @AfterEach
    void theNextClientIsServed() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("POST", "/next") + "Content-Length: 4\r\n\r\nnext");
            assertThat(client.readResponse().body().text()).isEqualTo("taken");
        }
        assertThat(backend.violations()).isEmpty();
    }

    static Stream<Arguments> malformedChunks() {
        return Stream.of(
                Arguments.of("size that is no number", "5\r\nfirst\r\nzz\r\nsecond\r\n0\r\n\r\n"),
                Arguments.of("negative size", "5\r\nfirst\r\n-5\r\nsecon\r\n0\r\n\r\n"),
                Arguments.of("size with a prefix", "5\r\nfirst\r\n0x5\r\nsecon\r\n0\r\n\r\n"),
                Arguments.of("size that overflows", "5\r\nfirst\r\nffffffffffffffffff\r\nsecond\r\n0\r\n\r\n"),
                Arguments.of("no line end after a chunk", "5\r\nfirst5\r\nsecon\r\n0\r\n\r\n"),
                Arguments.of("more data than the size says", "5\r\nfirst-and-more\r\n0\r\n\r\n"),
                Arguments.of("trailer that is no field", "5\r\nfirst\r\n0\r\nno field at all\r\n\r\n"),
                Arguments.of("empty size", "5\r\nfirst\r\n\r\nsecond\r\n0\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedChunks")
    void malformedChunkBreaksTheUploadOff(String what, String body) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("POST", path) + CHUNKED + body);
            assertRefusedOrClosed(client);
        }
        assertNeverComplete();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedChunks")
    void malformedChunkBreaksTheUploadOffWhenItsBeginningIsUpstreamAlready(String what, String body) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            int good = body.indexOf("first") + 5;
            client.send(head("POST", path) + CHUNKED + body.substring(0, good));
            awaitUpstream(5);
            client.send(body.substring(good));
            assertRefusedOrClosed(client);
        }
        assertBroken();
    }

    static Stream<Arguments> cuts() {
        return Stream.of(
                Arguments.of("content-length", "Content-Length: 1000\r\n\r\nfirst"),
                Arguments.of("in a chunk", CHUNKED + "3e8\r\nfirst"),
                Arguments.of("between chunks", CHUNKED + "5\r\nfirst\r\n"),
                Arguments.of("in the last chunk", CHUNKED + "5\r\nfirst\r\n0\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cuts")
    void resetBreaksTheUploadOff(String where, String rest) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("POST", path) + rest);
            awaitUpstream(5);
            client.reset();
        }
        assertBroken();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cuts")
    void closeBreaksTheUploadOff(String where, String rest) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("POST", path) + rest);
            awaitUpstream(5);
        }
        assertBroken();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cuts")
    void halfCloseBreaksTheUploadOff(String where, String rest) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("POST", path) + rest);
            awaitUpstream(5);
            client.halfClose();
            assertRefusedOrClosed(client);
        }
        assertBroken();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cuts")
    void closeTogetherWithTheHeadBreaksTheUploadOff(String where, String rest) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("POST", path) + rest);
        }
        backendSettles();
        assertNeverComplete();
    }

    @Test
    void resetInTheMiddleOfALargeBodyBreaksTheUploadOff() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("PUT", path) + "Content-Length: 20000000\r\n\r\n").sendRepeating(5_000_000);
            awaitUpstream(1);
            client.reset();
        }
        assertBroken();
    }

    private static String head(String method, String target) {
        return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n";
    }

    private List<Recorded> received() {
        return backend.requests().stream().filter(r -> r.path().equals(path)).toList();
    }

    private void awaitUpstream(long bytes) {
        Eventually.holds(
                "the beginning of the upload to be upstream",
                () -> received().stream().anyMatch(request -> request.body().length() >= bytes));
    }

    /** 400 and a close, or a close alone. */
    private static void assertRefusedOrClosed(RawClient client) {
        client.deadline(Duration.ofSeconds(5));
        String rest = new String(client.readUntilClosed(), StandardCharsets.ISO_8859_1);
        assertThat(rest).matches("(?s)|HTTP/1\\.1 400 .*");
    }

    private void assertBroken() {
        assertThat(received()).hasSize(1);
        Recorded request = received().get(0).awaitEnd(Duration.ofSeconds(5));
        assertThat(request.state()).as("%s", request).isEqualTo(Recorded.State.BROKEN);
    }

    private void assertNeverComplete() {
        assertThat(received())
                .allSatisfy(request -> assertThat(
                                request.awaitEnd(Duration.ofSeconds(5)).state())
                        .as("%s", request)
                        .isEqualTo(Recorded.State.BROKEN));
    }

    /** Requests that were sent upstream at all have been by the time a later one is answered. */
    private static void backendSettles() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/settle").readResponse().status()).isEqualTo(200);
            }
        }
    }
}

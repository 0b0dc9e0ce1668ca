package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.RepeatingBytes;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A body that is too large is refused so that the client gets to know, and no backend takes what came for the whole. */
class BodyLimitIT {

    private static final int LIMIT = 100_000;
    private static final int TOO_MUCH = 20_000_000;

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.answer(200, "taken"));

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of(
            "body-limit", GatewayConfig.allTo(backend.url()).with("meridian.http.max-request-body: " + LIMIT + "B"));

    @BeforeEach
    void forget() {
        backend.forgetRequests();
    }

    @Test
    void largestBodyPasses() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("Content-Length: " + LIMIT)).sendRepeating(LIMIT);
            assertThat(client.readResponse().body().text()).isEqualTo("taken");
            client.send(head("Transfer-Encoding: chunked")).send(chunks(LIMIT, 1_000));
            assertThat(client.readResponse().body().text()).isEqualTo("taken");
        }
        assertThat(backend.requests())
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.body().length()).isEqualTo(LIMIT));
    }

    @Test
    void declaredLengthIsRefusedBeforeAnythingIsSentUpstream() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("Content-Length: " + (LIMIT + 1)));
            assertRefused(client.readResponse());
        }
        assertThat(backend.requestCount()).isZero();
    }

    @Test
    void expectedBodyIsNeverAskedFor() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("Expect: 100-continue\r\nContent-Length: " + (LIMIT + 1)));
            Response response = client.readResponse();
            assertRefused(response);
            assertThat(response.interim()).isEmpty();
            client.expectClosed(Duration.ofSeconds(2));
        }
        assertThat(backend.requestCount()).isZero();
    }

    @Test
    void chunkThatIsTooMuchIsRefused() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("Transfer-Encoding: chunked")).send(chunks(LIMIT + 1, 1_000));
            assertRefused(client.readResponse());
            client.expectClosed(Duration.ofSeconds(2));
        }
        assertNeverComplete();
    }

    @RepeatedTest(10)
    void clientThatSendsOnReadsTheRefusalOfItsLength() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("Content-Length: " + TOO_MUCH));
            sendAsMuchAsItTakes(() -> client.sendRepeating(TOO_MUCH));
            assertRefused(client.readResponse());
            client.expectClosed(Duration.ofSeconds(3));
        }
        assertThat(backend.requestCount()).isZero();
    }

    @RepeatedTest(10)
    void clientThatSendsOnReadsTheRefusalOfItsChunks() {
        byte[] chunks = chunks(TOO_MUCH, 10_000);
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("Transfer-Encoding: chunked"));
            sendAsMuchAsItTakes(() -> client.send(chunks));
            assertRefused(client.readResponse());
            client.expectClosed(Duration.ofSeconds(3));
        }
        assertNeverComplete();
    }

    @Test
    void clientThatNeverStopsIsCutOff() {
        byte[] chunk = chunks(10_000, 10_000);
        byte[] more = java.util.Arrays.copyOf(chunk, chunk.length - 5);
        long before = System.nanoTime();
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("Transfer-Encoding: chunked"));
            sendAsMuchAsItTakes(() -> {
                while (System.nanoTime() - before < Duration.ofSeconds(6).toNanos()) {
                    client.send(more);
                }
            });
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
        assertNeverComplete();
    }

    private static void assertRefused(Response response) {
        assertThat(response.complete()).isTrue();
        ProblemAssert.assertThat(response.answer()).hasStatus(413).isProblem();
        assertThat(response.headers().first("Connection")).contains("close");
    }

    private static void assertNeverComplete() {
        assertThat(backend.requests())
                .allSatisfy(request -> assertThat(
                                request.awaitEnd(Duration.ofSeconds(5)).state())
                        .isEqualTo(Recorded.State.BROKEN));
    }

    private static String head(String framing) {
        return "POST /upload HTTP/1.1\r\nHost: localhost\r\n" + framing + "\r\n\r\n";
    }

    /** A whole chunked body. */
    private static byte[] chunks(int bytes, int size) {
        StringBuilder chunks = new StringBuilder(bytes + bytes / size * 10 + 16);
        String chunk = new String(RepeatingBytes.bytes(size), StandardCharsets.US_ASCII);
        for (int left = bytes; left > 0; left -= size) {
            int length = Math.min(left, size);
            chunks.append(Integer.toHexString(length)).append("\r\n");
            chunks.append(chunk, 0, length).append("\r\n");
        }
        return chunks.append("0\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void sendAsMuchAsItTakes(Runnable send) {
        try {
            send.run();
        } catch (UncheckedIOException e) {
            // Refused in the middle, as it may be: what counts is what can be read.
        }
    }
}

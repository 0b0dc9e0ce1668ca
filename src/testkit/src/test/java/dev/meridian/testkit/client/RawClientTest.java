package dev.meridian.testkit.client;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.H2Backend;
import dev.meridian.testkit.backend.H2Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.tls.TestCertificates;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the client reads, and what it refuses to wait for. */
class RawClientTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final Backend backend = Backend.start(Behaviour.answer(200, "ok"));

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void aReadHasADeadline() {
        backend.behave(Behaviour.blackHole());
        try (RawClient client = RawClient.connect(backend.port()).deadline(ofMillis(50))) {
            client.get("/");
            assertThatThrownBy(client::readResponse)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasCauseInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void theDeadlineIsForTheWholeAnswer() {
        backend.behave(Behaviour.slowDrip(100, 100));
        try (RawClient client = RawClient.connect(backend.port()).deadline(ofMillis(100))) {
            client.get("/");
            assertThatThrownBy(client::readResponse)
                    .hasMessageContaining("bytes so far")
                    .hasCauseInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void expectationsFailWhenTheyShould() {
        try (RawClient client = RawClient.connect(backend.port())) {
            assertThatThrownBy(() -> client.expectClosed(ofMillis(50)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("connection: open");
            client.get("/");
            assertThatThrownBy(() -> client.expectSilence(SOON)).hasMessageContaining("connection: sent byte");
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
    }

    @Test
    void readsABodyThatOnlyTheCloseEnds() {
        backend.behave(
                Behaviour.closeAfter(Behaviour.raw("HTTP/1.1 200 OK\r\n\r\nall".getBytes(StandardCharsets.US_ASCII))));
        try (RawClient client = RawClient.connect(backend.port())) {
            Response response = client.get("/").readResponse();
            assertThat(response.body().text()).isEqualTo("all");
            assertThat(response.complete()).isTrue();
        }
    }

    @Test
    void readsSlowly() {
        backend.behave(Behaviour.large(20_000));
        try (RawClient client =
                RawClient.connect(Endpoint.loopback(backend.port()).receiveBuffer(4_096))) {
            long start = System.nanoTime();
            client.throttle(100_000).get("/");
            assertThat(client.readResponse().body().length()).isEqualTo(20_000);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(ofMillis(190), SOON);
        }
    }

    @Test
    void halfClosesAndStillReads() {
        try (RawClient client = RawClient.connect(backend.port())) {
            client.get("/").halfClose();
            assertThat(client.readResponse().status()).isEqualTo(200);
            client.expectClosed(SOON);
        }
    }

    @Test
    void drips() {
        try (RawClient client = RawClient.connect(backend.port())) {
            client.drip("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", ofMillis(1));
            assertThat(client.readResponse().status()).isEqualTo(200);
            assertThat(backend.lastRequest().state()).isEqualTo(Recorded.State.COMPLETE);
        }
    }

    @Test
    void speaksTls() {
        TestCertificates certificates = TestCertificates.create();
        try (H2Backend secure = H2Backend.tls(H2Behaviour.echo(), certificates);
                RawClient client = RawClient.connect(Endpoint.loopback(secure.port())
                        .tls(certificates.clientContext())
                        .protocols("http/1.1"))) {
            assertThat(client.protocol()).isEqualTo("http/1.1");
            assertThat(client.get("/tls").readResponse().body().text()).contains("\"target\":\"/tls\"");
            client.reset();
        }
    }

    @Test
    void takesAnswersOfTheJdksClient() throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(backend.url() + "/jdk"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        Answer answer = Answer.ofText(response);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("ok");
        assertThat(answer.headers().first("Content-Length")).contains("2");
    }
}

package dev.meridian.testkit.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import dev.meridian.testkit.tls.TestCertificates;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/** Both HTTP/2 backends as Reactor Netty's client sees them. */
class H2BackendTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final ConnectionProvider CONNECTIONS = ConnectionProvider.create("h2-backend-test", 4);

    private final HttpClient client = HttpClient.create(CONNECTIONS).protocol(HttpProtocol.H2C);

    @AfterAll
    static void close() {
        CONNECTIONS.disposeLater().block(SOON);
    }

    private static String text(HttpClient client, String url) {
        return client.get()
                .uri(url)
                .responseContent()
                .aggregate()
                .asString()
                .blockOptional(SOON)
                .orElse("");
    }

    @Test
    void echoesOverClearText() {
        try (H2Backend backend = H2Backend.cleartext(H2Behaviour.echo())) {
            String echo = client.post()
                    .uri(backend.url() + "/x?y")
                    .send((request, out) -> out.sendString(Mono.just("hello")))
                    .responseContent()
                    .aggregate()
                    .asString()
                    .block(SOON);
            assertThat(echo).contains("\"protocol\":\"HTTP/2.0\"", "\"target\":\"/x?y\"", "\"body\":\"hello\"");
            text(client, backend.url() + "/again");
            assertThat(backend.requests())
                    .extracting(H2Recorded::method, H2Recorded::target)
                    .containsExactly(tuple("POST", "/x?y"), tuple("GET", "/again"));
            assertThat(backend.requests())
                    .extracting(H2Recorded::connection)
                    .containsOnly(backend.requests().get(0).connection());
            assertThat(backend.connections()).isEqualTo(new Connections(1, 1));
        }
    }

    @Test
    void echoesOverTls() {
        TestCertificates certificates = TestCertificates.create();
        GenericSslContextSpec<SslContextBuilder> trust = Http2SslContextSpec.forClient()
                .configure(ssl -> ssl.trustManager(certificates.authority().getCertificate()));
        try (H2Backend backend = H2Backend.tls(H2Behaviour.echo(), certificates)) {
            HttpClient secure =
                    HttpClient.create(CONNECTIONS).protocol(HttpProtocol.H2).secure(ssl -> ssl.sslContext(trust));
            assertThat(text(secure, backend.url() + "/")).contains("\"protocol\":\"HTTP/2.0\"");
        }
    }

    @Test
    void closingEndsItsConnections() {
        H2Backend backend = H2Backend.cleartext(H2Behaviour.answer(200, "ok"));
        try (backend) {
            assertThat(text(client, backend.url() + "/")).isEqualTo("ok");
        }
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(backend.connections()).isEqualTo(new Connections(1, 0)));
    }

    @Test
    void answersByPathAndLater() {
        try (H2Backend backend = H2Backend.cleartext(H2Behaviour.byPath(
                Map.of("/late", H2Behaviour.after(Duration.ofMillis(50), H2Behaviour.answer(503, "later")))))) {
            assertThat(status(backend.url() + "/late")).isEqualTo(503);
            assertThat(status(backend.url() + "/none")).isEqualTo(404);
            backend.behave(H2Behaviour.answer(200, "changed"));
            assertThat(text(client, backend.url() + "/none")).isEqualTo("changed");
        }
    }

    private Integer status(String url) {
        return client.get()
                .uri(url)
                .response()
                .map(response -> response.status().code())
                .blockOptional(SOON)
                .orElseThrow();
    }

    @Test
    void answersLikeGrpc() {
        byte[] message = "message".getBytes(StandardCharsets.UTF_8);
        try (H2Backend backend = H2Backend.cleartext(H2Behaviour.grpc(message, 5, "not found"))) {
            AtomicReference<String> status = new AtomicReference<>("none");
            byte[] body = grpc(backend, status);
            assertThat(body)
                    .hasSize(5 + message.length)
                    .startsWith(0, 0, 0, 0, message.length)
                    .endsWith(message);
            await().atMost(SOON).untilAsserted(() -> assertThat(status.get()).isEqualTo("5 not found"));
        }
    }

    @Test
    void echoesLikeGrpc() {
        try (H2Backend backend = H2Backend.cleartext(H2Behaviour.grpcEcho())) {
            AtomicReference<String> status = new AtomicReference<>("none");
            assertThat(grpc(backend, status)).asString(StandardCharsets.UTF_8).isEqualTo("request");
            await().atMost(SOON).untilAsserted(() -> assertThat(status.get()).isEqualTo("0 "));
        }
    }

    private byte[] grpc(H2Backend backend, AtomicReference<String> status) {
        return client.headers(headers -> headers.set("content-type", "application/grpc"))
                .post()
                .uri(backend.url() + "/service/method")
                .send((request, out) -> out.sendString(Mono.just("request")))
                .responseSingle((response, body) -> {
                    assertThat(response.responseHeaders().get("content-type")).isEqualTo("application/grpc");
                    response.trailerHeaders()
                            .subscribe(trailers ->
                                    status.set(trailers.get("grpc-status") + " " + trailers.get("grpc-message")));
                    return body.asByteArray();
                })
                .blockOptional(SOON)
                .orElseThrow();
    }

    @Test
    void answersLikeGrpcWithoutAMessage() {
        try (H2Backend backend = H2Backend.cleartext(H2Behaviour.grpcTrailersOnly(12, "unimplemented"))) {
            String status = client.post()
                    .uri(backend.url() + "/")
                    .response()
                    .map(response -> response.responseHeaders().get("grpc-status"))
                    .block(SOON);
            assertThat(status).isEqualTo("12");
        }
    }

    @Test
    void resetsAStreamInTheMiddleOfItsBody() {
        try (H2Backend backend = H2Backend.cleartext(H2Behaviour.resetMidBody(Http2Error.INTERNAL_ERROR))) {
            assertThat(status(backend.url() + "/")).isEqualTo(200);
            assertThatThrownBy(() -> text(client, backend.url() + "/")).isInstanceOf(RuntimeException.class);
            assertThat(backend.connections().total()).as("only the stream dies").isEqualTo(1);
        }
    }
}

package dev.meridian.gateway.compat;

import static dev.meridian.gateway.compat.Call.get;
import static dev.meridian.testkit.backend.Behaviour.answer;
import static dev.meridian.testkit.backend.Behaviour.blackHole;
import static dev.meridian.testkit.backend.Behaviour.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.meridian.gateway.MeridianApplication;
import dev.meridian.testkit.http.Headers;
import dev.meridian.testkit.tls.TestCertificates;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.server.HttpServer;

/** Settings of plain Spring Cloud Gateway outside its routes, {@code compat/settings.yml}, mean the same here. */
@SpringBootTest(
        classes = MeridianApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.additional-location=classpath:/compat/settings.yml",
            "management.server.port=0",
            "meridian.shutdown.grace=0s"
        })
class StockSettingsTests {

    private static final Duration SOON = Duration.ofSeconds(5);

    /** Its certificate is of an authority that nobody knows. */
    @AutoClose("disposeNow")
    private static final DisposableServer TLS = tls(TestCertificates.create().server());

    @LocalServerPort
    private int port;

    @Autowired
    private MeterRegistry meters;

    @DynamicPropertySource
    static void backends(DynamicPropertyRegistry registry) {
        Backends.register(registry);
        registry.add("compat.tls", () -> "127.0.0.1:" + TLS.port());
    }

    private static DisposableServer tls(X509Bundle certificate) {
        Http11SslContextSpec spec =
                Http11SslContextSpec.forServer(certificate.getKeyPair().getPrivate(), certificate.getCertificatePath());
        return Backends.webSocket(HttpServer.create().secure(ssl -> ssl.sslContext(spec)));
    }

    @BeforeEach
    void echoAll() {
        Backends.behave(echo());
    }

    @Test
    void trustedProxies_whatTheyForwarded_isContinued() {
        Seen seen = see(get("/s/stripped/x", "X-Forwarded-For", "203.0.113.9", "X-Forwarded-Host", "shop.example"));

        assertThat(String.join(",", seen.sent("X-Forwarded-For")).replace(" ", ""))
                .isEqualTo("203.0.113.9,127.0.0.1");
        assertThat(String.join(",", seen.sent("X-Forwarded-Host"))).startsWith("shop.example");
        assertThat(seen.sent("X-Forwarded-Prefix")).containsExactly("/s/stripped");
    }

    @Test
    void forwarded_switchedOff_isNotSent() {
        assertThat(see(get("/s/plain")).sent("Forwarded")).isEmpty();
    }

    @Test
    void xForwardedPort_switchedOff_isNotSent() {
        assertThat(see(get("/s/plain")).sent("X-Forwarded-Port")).isEmpty();
    }

    @Test
    void removeHopByHopHeaders_ownList_isRemoved() {
        Backends.behave(answer(200, Headers.of("X-Hop", "backend"), "ok"));

        Seen seen = see(get("/s/plain", "X-Hop", "client"));

        assertThat(seen.sent("X-Hop")).isEmpty();
        assertThat(seen.received("X-Hop")).isEmpty();
    }

    @Test
    void hostPredicate_withoutPort_matchesAnyPort() {
        assertThat(see(get("/s/host", "Host", "shop.example:8443")).answer().status())
                .isEqualTo(200);
        assertThat(see(get("/s/host", "Host", "other.example:8443")).answer().status())
                .isEqualTo(404);
    }

    @Test
    void use404_serviceThatNobodyKnows_is404() {
        assertThat(see(get("/s/nowhere")).answer().status()).isEqualTo(404);
    }

    @Test
    void setStatus_originalStatus_isSentInAField() {
        Backends.behave(answer(201, "made"));

        Seen seen = see(get("/s/set-status"));

        assertThat(seen.answer().status()).isEqualTo(202);
        assertThat(seen.received("X-Original-Status")).containsExactly("[201]");
    }

    @Test
    void secureHeaders_ownDefaults_areUsed() {
        Seen seen = see(get("/s/plain"));

        assertThat(seen.passed().received("X-Frame-Options")).containsExactly("SAMEORIGIN");
        assertThat(seen.received("Referrer-Policy")).isEmpty();
        assertThat(seen.received("X-Content-Type-Options")).containsExactly("nosniff");
    }

    @Test
    void httpClient_responseTimeout_is504() {
        Backends.behave(blackHole());
        long start = System.nanoTime();

        assertThat(see(get("/s/plain")).answer().status()).isEqualTo(504);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(300), SOON);
    }

    @Test
    void httpClient_connectTimeout_is504() {
        long start = System.nanoTime();

        assertThat(see(get("/s/connect-timeout")).answer().status()).isEqualTo(504);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(200), SOON);
    }

    @Test
    void httpClient_insecureTrustManager_trustsAnyCertificate() {
        assertThat(see(get("/s/tls")).passed().answer().text()).isEqualTo("plain");
    }

    @Test
    void httpClient_insecureTrustManager_holdsForWebSocketsToo() throws Exception {
        assertThat(WebSocketEcho.of(port, "/s/tls-websocket")).isEqualTo("/s/tls-websocket hello");
    }

    @Test
    void metrics_switchedOn_areRecordedByRoute() {
        see(get("/s/plain"));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(meters.find("spring.cloud.gateway.requests")
                                .tag("routeId", "plain")
                                .tag("httpStatusCode", "200")
                                .timer())
                        .isNotNull());
    }

    private Seen see(Call call) {
        return Backends.see(call, port);
    }
}

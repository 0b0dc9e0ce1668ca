package dev.meridian.routes.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.definition.HealthCheckDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Lab;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.H2Backend;
import dev.meridian.testkit.backend.H2Behaviour;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.HttpResources;

class ReactorProberTests {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final ReactorProber prober = new ReactorProber(HttpResources.get(), null, System::nanoTime);
    private final Backend backend = Backend.start(Behaviour.answer(200, "fine"));

    @AfterEach
    void stop() {
        backend.close();
        prober.close();
    }

    @Test
    void probe_asExpected_passesWithItsTime() {
        backend.behave(Behaviour.after(Duration.ofMillis(30), Behaviour.answer(200, "fine")));

        Probe probe = probe("path=/healthz");

        assertThat(probe.passed()).isTrue();
        assertThat(probe.reached()).isTrue();
        assertThat(probe.reason()).isEmpty();
        assertThat(Duration.ofNanos(probe.firstByteNanos())).isBetween(Duration.ofMillis(25), SOON);
        assertThat(backend.lastRequest().target()).isEqualTo("/healthz");
        assertThat(backend.lastRequest().method()).isEqualTo("GET");
    }

    @ParameterizedTest
    @CsvSource({
        "200-299, 200, true",
        "200-299, 204, true",
        "200-299, 302, false",
        "200-299, 404, false",
        "200-299, 500, false",
        "'200,404', 404, true",
        "5xx,     503, true",
    })
    void probe_status_isComparedWithWhatIsExpected(String expected, int status, boolean passed) {
        backend.behave(Behaviour.answer(status, ""));

        Probe probe = probe("expected-status=" + expected);

        assertThat(probe.passed()).isEqualTo(passed);
        assertThat(probe.reached()).isTrue();
        assertThat(probe.reason()).isEqualTo(passed ? "" : "status " + status);
    }

    @Test
    void probe_methodAndHeaders_areSent() {
        assertThat(probe("method=HEAD", "headers.Host=orders.example", "headers.X-Check=1")
                        .passed())
                .isTrue();

        assertThat(backend.lastRequest().method()).isEqualTo("HEAD");
        assertThat(backend.lastRequest().headers().first("Host")).contains("orders.example");
        assertThat(backend.lastRequest().headers().first("X-Check")).contains("1");
        assertThat(backend.lastRequest().headers().first("User-Agent")).contains("meridian-health");
    }

    @Test
    void probe_again_usesTheSameConnection() {
        for (int i = 0; i < 20; i++) {
            assertThat(probe("path=/").passed()).isTrue();
        }

        assertThat(backend.requestCount()).isEqualTo(20);
        // A probe that comes before the last one's connection is back in the pool has one of its own.
        assertThat(backend.connections().total()).isLessThan(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"type=http", "type=tcp"})
    void probe_refused_isNotReached(String type) {
        backend.stop();

        Probe probe = probe(type);

        assertThat(probe.passed()).isFalse();
        assertThat(probe.reached()).isFalse();
        assertThat(probe.reason()).containsIgnoringCase("refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"type=http", "type=tcp"})
    void probe_unknownHost_isNotReached(String type) {
        Probe probe = probe(endpoint("no-such-host.invalid", 80), Protocol.HTTP1, type, "timeout=5s");

        assertThat(probe.passed()).isFalse();
        assertThat(probe.reached()).isFalse();
    }

    /** It takes the connection and never answers: that is another thing than no connection. */
    @Test
    void probe_noAnswer_isReachedButFails() {
        backend.behave(Behaviour.blackHole());

        Probe probe = probe("timeout=300ms");

        assertThat(probe).isEqualTo(Probe.failed("no answer in 300 ms").tooLate());
    }

    /** Nobody accepts: packets are lost, as with a machine that is gone. */
    @ParameterizedTest
    @ValueSource(strings = {"type=http", "type=tcp"})
    void probe_connectionTimesOut_isNotReached(String type) throws IOException {
        try (FullSocket full = new FullSocket()) {
            for (int i = 0; i < 3; i++) {
                Probe probe = probe(endpoint("127.0.0.1", full.port()), Protocol.HTTP1, type, "timeout=300ms");

                assertThat(probe.passed()).isFalse();
                assertThat(probe.reached()).as(probe.reason()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reset", "close", "rubbish"})
    void probe_badAnswer_isReachedButFails(String how) {
        backend.behave(
                switch (how) {
                    case "reset" -> Behaviour.reset();
                    case "close" -> Behaviour.closeWithoutAnswer();
                    default -> Behaviour.notHttp();
                });

        Probe probe = probe("path=/");

        assertThat(probe.passed()).isFalse();
        assertThat(probe.reached()).isTrue();
        assertThat(probe.reason()).isNotEmpty();
    }

    @Test
    void probe_afterAFailure_passesAgain() {
        backend.behave(Behaviour.blackHole());
        assertThat(probe("timeout=200ms").passed()).isFalse();
        backend.behave(Behaviour.answer(200, ""));

        assertThat(probe("timeout=2s").passed()).isTrue();
    }

    @Test
    void probe_tcp_passesWithoutARequest() {
        backend.behave(Behaviour.blackHole());

        assertThat(probe("type=tcp")).isEqualTo(Probe.passed(0));
        assertThat(backend.requestCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"type=http", "type=tcp"})
    void probe_otherPort_isAskedInPlaceOfTheEndpoints(String type) {
        Probe probe = probe(endpoint("127.0.0.1", 1), Protocol.HTTP1, type, "port=" + backend.port());

        assertThat(probe.passed()).isTrue();
    }

    @Test
    void probe_http2_isSpoken() {
        try (H2Backend h2 = H2Backend.cleartext(H2Behaviour.answer(200, "fine"))) {
            Probe probe = probe(endpoint("127.0.0.1", h2.port()), Protocol.H2C, "timeout=5s");

            assertThat(probe.reached()).isTrue();
            assertThat(probe.passed()).as(probe.reason()).isTrue();
        }
    }

    private Probe probe(String... check) {
        return probe(endpoint("127.0.0.1", backend.port()), Protocol.HTTP1, check);
    }

    private Probe probe(Endpoint endpoint, Protocol protocol, String... check) {
        String[] settings = new String[check.length + 1];
        settings[0] = "health-check.interval=1s";
        for (int i = 0; i < check.length; i++) {
            settings[i + 1] = "health-check." + check[i];
        }
        HealthCheckDefinition definition =
                Objects.requireNonNull(Lab.settings(settings).healthCheck());
        return Objects.requireNonNull(
                prober.probe(endpoint, definition, protocol).block(SOON));
    }

    private static Endpoint endpoint(String host, int port) {
        return new Endpoint("http", host, port, 1, null, Map.of());
    }

    /** A port whose queue of connections is full, so that the kernel drops whoever else wants one. */
    private static final class FullSocket implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        private final List<Socket> waiting = new ArrayList<>();

        FullSocket() throws IOException {
            for (int i = 0; i < 16; i++) {
                Socket socket = new Socket();
                waiting.add(socket);
                try {
                    socket.connect(server.getLocalSocketAddress(), 200);
                } catch (SocketTimeoutException e) {
                    return;
                }
            }
            throw new IllegalStateException("the queue takes everybody");
        }

        int port() {
            return server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : waiting) {
                socket.close();
            }
            server.close();
        }
    }
}

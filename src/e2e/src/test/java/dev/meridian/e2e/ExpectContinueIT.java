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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client asks first whether its body is wanted, and it is the backend who answers: RFC 9110 §10.1.1. */
class ExpectContinueIT {

    private static final Behaviour LENGTH = (request, out) -> out.answer(
            200, Headers.none(), Long.toString(request.body().length()).getBytes(StandardCharsets.US_ASCII));

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.byPath(Map.of(
            "/ok", Behaviour.answer(200, "ok"),
            "/accepts", Behaviour.continueThen(LENGTH),
            "/accepts-late", Behaviour.atHead(ExpectContinueIT::acceptLate),
            "/never-says", Behaviour.withoutContinue(LENGTH),
            "/length", LENGTH,
            "/refuses/401", Behaviour.refuseBody(401),
            "/refuses/413", Behaviour.refuseBody(413),
            "/refuses/417", Behaviour.refuseBody(417),
            "/refuses/200", Behaviour.refuseBody(200),
            "/refuses-and-closes/413", Behaviour.refuseBodyAndClose(413))));

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of("expect", GatewayConfig.allTo(backend.url()));

    private static void acceptLate(Recorded request, Exchange out) throws IOException {
        out.pause(Duration.ofMillis(300));
        out.interim(100);
        out.readBody();
        LENGTH.handle(request, out);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/accepts", "/accepts-late", "/length"})
    void bodyIsAskedForWhenTheBackendAsksForIt(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(head(path, 4));
                assertThat(client.readHead().status()).isEqualTo(100);
                client.send("body");
                Response response = client.readResponse();
                assertThat(response.interimStatuses()).isEmpty();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body().text()).isEqualTo("4");
            }
        }
        assertThat(last(path).headers().first("Expect")).contains("100-continue");
    }

    @Test
    void bodyIsAskedForOnlyWhenTheBackendHasAskedForIt() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("/accepts-late", 4));
            client.expectSilence(Duration.ofMillis(150));
            assertThat(client.readHead().status()).isEqualTo(100);
            client.send("body");
            assertThat(client.readResponse().body().text()).isEqualTo("4");
        }
    }

    @Test
    void chunkedBodyIsAskedForAsWell() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("POST /accepts HTTP/1.1\r\nHost: localhost\r\nExpect: 100-Continue\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(100);
            client.send("4\r\nbody\r\n0\r\n\r\n");
            assertThat(client.readResponse().body().text()).isEqualTo("4");
        }
    }

    @Test
    void backendThatNeverAsksGetsTheBodyAllTheSame() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("/never-says", 4));
            assertThat(client.readHead().status()).isEqualTo(100);
            client.send("body");
            assertThat(client.readResponse().body().text()).isEqualTo("4");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/accepts", "/length"})
    void clientThatDoesNotWaitIsServed(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head(path, 100_000)).sendRepeating(100_000);
            assertThat(client.readResponse().body().text()).isEqualTo("100000");
            assertThat(client.get("/ok").readResponse().body().text()).isEqualTo("ok");
        }
    }

    @Test
    void expectationWithoutABodyHoldsNothingUp() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(head("/length", 0));
                assertThat(client.deadline(Duration.ofMillis(900))
                                .readResponse()
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/refuses/401", "/refuses/413", "/refuses/417", "/refuses/200", "/refuses-and-closes/413"})
    void bodyThatIsNotWantedIsNeverAskedFor(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(head(path, 10_000_000));
            Response response = client.deadline(Duration.ofMillis(900)).readResponse();
            assertThat(response.status()).isEqualTo(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)));
            assertThat(response.interimStatuses()).doesNotContain(100);
            assertThat(response.body().text()).isEqualTo("refused");
            // Whether a body follows now nobody can know, so nothing else may be read from this connection.
            assertThat(response.headers().first("Connection")).contains("close");
            client.expectClosed(Duration.ofSeconds(2));
        }
        assertNeverCame(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/refuses/401", "/refuses/413", "/refuses-and-closes/413"})
    void clientThatStillSendsReadsTheRefusal(String path) {
        for (int i = 0; i < 5; i++) {
            try (RawClient client = RawClient.connect(gateway.port())) {
                client.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n\r\n");
                sendAsMuchAsItTakes(client, 20_000_000);
                Response response = client.readResponse();
                assertThat(response.status()).isEqualTo(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)));
                assertThat(response.complete()).isTrue();
                assertThat(response.body().text()).isEqualTo("refused");
            }
        }
    }

    private static void sendAsMuchAsItTakes(RawClient client, long bytes) {
        try {
            client.sendRepeating(bytes);
        } catch (UncheckedIOException e) {
            // Refused in the middle, as it may be: what counts is what can be read.
        }
    }

    private static String head(String path, long length) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: " + length
                + "\r\n\r\n";
    }

    private static void assertNeverCame(String path) {
        Recorded request = last(path).awaitEnd(Duration.ofSeconds(3));
        assertThat(request.state()).isEqualTo(Recorded.State.BROKEN);
        assertThat(request.body().length()).isZero();
    }

    private static Recorded last(String path) {
        List<Recorded> all =
                backend.requests().stream().filter(r -> r.path().equals(path)).toList();
        return all.get(all.size() - 1);
    }
}

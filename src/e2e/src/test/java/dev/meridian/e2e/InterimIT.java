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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 1xx responses that nobody asked for: RFC 9110 §15.2. */
class InterimIT {

    private static final Behaviour FINAL = Behaviour.answer(200, "final");
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n";

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.byPath(Map.ofEntries(
            Map.entry("/none", FINAL),
            Map.entry("/100", Behaviour.interim(List.of(100), FINAL)),
            Map.entry("/102", Behaviour.interim(List.of(102), FINAL)),
            Map.entry("/103", Behaviour.interim(List.of(103), FINAL)),
            Map.entry("/several", Behaviour.interim(List.of(102, 103, 103, 100, 199), FINAL)),
            Map.entry("/slow", Behaviour.interim(List.of(102, 103), Behaviour.after(Duration.ofMillis(300), FINAL))),
            Map.entry("/endless", Behaviour.interim(Collections.nCopies(200, 103), FINAL)),
            Map.entry("/101", Behaviour.raw(SWITCH.getBytes(StandardCharsets.US_ASCII))),
            Map.entry(
                    "/101-and-more",
                    Behaviour.raw((SWITCH + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen")
                            .getBytes(StandardCharsets.US_ASCII))))));

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of("interim", GatewayConfig.allTo(backend.url()));

    @ParameterizedTest
    @ValueSource(strings = {"/100", "/102", "/103", "/several", "/slow"})
    void clientGetsTheFinalAnswer(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < 3; i++) {
                Response response = client.get(path).readResponse();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body().text()).isEqualTo("final");
                assertThat(response.headers().has("Link")).isFalse();
                assertThat(response.interimStatuses()).doesNotContain(100, 101);
            }
        }
    }

    @Test
    void interimResponseDoesNotDisturbAnUpload() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("POST /several HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
                    .sendRepeating(100_000);
            assertThat(client.readResponse().body().text()).isEqualTo("final");
        }
        assertThat(last("/several").body().length()).isEqualTo(100_000);
    }

    @Test
    void answersThatStayApartGoToTheirOwnRequests() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            String expected = IntStream.range(0, 20).mapToObj(i -> "final").collect(Collectors.joining());
            StringBuilder actual = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                actual.append(client.get(i % 2 == 0 ? "/several" : "/none")
                        .readResponse()
                        .body()
                        .text());
            }
            assertThat(actual).hasToString(expected);
        }
    }

    @Test
    void endlessInterimResponsesAreABadGateway() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            ProblemAssert.assertThat(client.get("/endless").readResponse().answer())
                    .hasStatus(502)
                    .isProblem();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/101", "/101-and-more"})
    void switchOfProtocolsThatNobodyAskedForIsABadGatewayAndItsConnectionIsNotUsedAgain(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            ProblemAssert.assertThat(client.get(path).readResponse().answer())
                    .hasStatus(502)
                    .isProblem()
                    .hasProxyError("http_upgrade_failed");
        }
        Recorded poisoned = last(path);
        for (int i = 0; i < 5; i++) {
            try (RawClient next = RawClient.connect(gateway.port())) {
                assertThat(next.get("/none").readResponse().body().text()).isEqualTo("final");
            }
            assertThat(last("/none").connection()).isNotEqualTo(poisoned.connection());
        }
        Eventually.holds(
                "the connection to be closed",
                () -> backend.connectionLog().stream().noneMatch(c -> c.id() == poisoned.connection() && c.open()));
    }

    private static Recorded last(String path) {
        List<Recorded> all =
                backend.requests().stream().filter(r -> r.path().equals(path)).toList();
        return all.get(all.size() - 1);
    }
}

package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A response that breaks off must never look finished to the client. */
@Execution(ExecutionMode.SAME_THREAD)
class UpstreamDiesIT {

    private static final Headers CHUNKED = Headers.of("Transfer-Encoding", "chunked");
    private static final Duration PAUSE = Duration.ofMillis(100);

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.byPath(Map.ofEntries(
            Map.entry("/ok", Behaviour.answer(200, "ok")),
            Map.entry("/length/fin", Behaviour.halfBody(1_000, 500)),
            Map.entry("/length/fin-later", later(Headers.of("Content-Length", "1000"), "some of it", "", false)),
            Map.entry("/length/rst", Behaviour.resetAfterHeaders()),
            Map.entry("/length/rst-later", later(Headers.of("Content-Length", "1000"), "some of it", "", true)),
            Map.entry("/length/large", large(20_000_000, 10_000_000)),
            Map.entry("/chunked/fin", Behaviour.chunkedCut(List.of("one", "two"), Duration.ZERO)),
            Map.entry("/chunked/fin-later", Behaviour.closeAfter(Behaviour.chunkedCut(List.of("one", "two"), PAUSE))),
            Map.entry("/chunked/rst-later", later(CHUNKED, "3\r\none\r\n", "3\r\ntwo\r\n", true)),
            Map.entry("/chunked/in-a-chunk", later(CHUNKED, "3\r\none\r\n", "ff\r\ntwo", false)),
            Map.entry("/chunked/before-the-last-line", later(CHUNKED, "3\r\none\r\n", "0\r\n", false)),
            Map.entry("/chunked/malformed", later(CHUNKED, "3\r\none\r\n", "zz\r\ntwo\r\n0\r\n\r\n", false)),
            Map.entry("/chunked/malformed-at-once", now(CHUNKED, "3\r\none\r\nzz\r\ntwo\r\n0\r\n\r\n")),
            Map.entry("/close/rst-later", later(Headers.none(), "some of it", "", true)),
            Map.entry("/close/rst", (request, out) -> {
                out.head(200, Headers.none());
                out.raw("some of it");
                out.reset();
            }))));

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of("upstream-dies", GatewayConfig.allTo(backend.url()));

    private static Behaviour now(Headers headers, String body) {
        return Behaviour.closeAfter((request, out) -> {
            out.head(200, headers);
            out.raw(body);
        });
    }

    private static Behaviour later(Headers headers, String first, String second, boolean reset) {
        return (request, out) -> {
            out.head(200, headers);
            out.raw(first);
            out.pause(PAUSE);
            out.raw(second);
            out.pause(PAUSE);
            if (reset) {
                out.reset();
            } else {
                out.close();
            }
        };
    }

    private static Behaviour large(int declared, int sent) {
        return (request, out) -> {
            out.head(200, Headers.of("Content-Length", Integer.toString(declared)));
            out.write("x".repeat(sent).getBytes(StandardCharsets.US_ASCII));
            out.close();
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/length/fin",
                "/length/fin-later",
                "/length/rst",
                "/length/rst-later",
                "/length/large",
                "/chunked/fin",
                "/chunked/fin-later",
                "/chunked/rst-later",
                "/chunked/in-a-chunk",
                "/chunked/before-the-last-line",
                "/chunked/malformed",
                "/chunked/malformed-at-once",
                "/close/rst",
                "/close/rst-later"
            })
    void clientSeesThatTheResponseBrokeOff(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            assertBroken(client.get(path).readResponse());
        }
        assertNextIsServed();
    }

    @Test
    void clientOfHttp10SeesThatTheResponseBrokeOff() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("GET /chunked/fin-later HTTP/1.0\r\nHost: localhost\r\n\r\n");
            assertBroken(client.readResponse());
        }
    }

    @Test
    void resetThatComesWithTheLastBytesIsNeverTakenForTheEnd() {
        for (int i = 0; i < 50; i++) {
            try (RawClient client = RawClient.connect(gateway.port())) {
                assertBroken(client.get("/close/rst").readResponse());
            }
        }
    }

    /** Broken off in the middle; or nothing had been passed on yet, then there is room for a 502. */
    private static void assertBroken(Response response) {
        if (response.complete()) {
            assertThat(response.status()).as("%s", response).isEqualTo(502);
        }
    }

    private static void assertNextIsServed() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            assertThat(client.get("/ok").readResponse().body().text()).isEqualTo("ok");
        }
    }
}

package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Recorded;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods, statuses and framings that are not GET, 200 and a length. */
class MessagesIT {

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.byPath(Map.ofEntries(
            Map.entry("/ok", Behaviour.answer(200, "ok")),
            Map.entry("/large", Behaviour.large(1_000_000)),
            Map.entry("/chunked", Behaviour.chunked(List.of("one", "two"), Duration.ZERO)),
            Map.entry("/204", Behaviour.answer(204, Headers.of("ETag", "\"1\""), "")),
            Map.entry("/304", Behaviour.answer(304, Headers.of("ETag", "\"1\""), "")),
            Map.entry("/304-length", Behaviour.answer(304, Headers.of("ETag", "\"1\"", "Content-Length", "1000"), "")),
            Map.entry("/empty", Behaviour.answer(200, "")),
            Map.entry("/empty-chunked", Behaviour.chunked(List.of(), Duration.ZERO)),
            Map.entry("/until-closed", untilClosed(200, "all that there is")),
            Map.entry("/until-closed-slowly", Behaviour.closeAfter((request, out) -> {
                out.head(200, Headers.none());
                out.raw("all that");
                out.pause(Duration.ofMillis(100));
                out.raw(" there is");
            })),
            Map.entry(
                    "/until-closed-http10",
                    Behaviour.closeAfter(Behaviour.raw(
                            "HTTP/1.0 200 OK\r\n\r\nall that there is".getBytes(StandardCharsets.US_ASCII)))),
            Map.entry("/299", Behaviour.answer(299, "odd")),
            Map.entry("/599", Behaviour.answer(599, "odd")),
            Map.entry("/echo", Behaviour.echo()))));

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of("messages", GatewayConfig.allTo(backend.url()));

    private static Behaviour untilClosed(int status, String body) {
        return Behaviour.closeAfter((request, out) -> {
            out.head(status, Headers.none());
            out.raw(body);
        });
    }

    @Test
    void headHasTheLengthAndNoBody() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < 3; i++) {
                Response response = client.send("HEAD /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .readResponseToHead();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.headers().first("Content-Length")).contains("1000000");
                assertThat(client.get("/ok").readResponse().body().text()).isEqualTo("ok");
            }
        }
        assertThat(last("/large").method()).isEqualTo("HEAD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/chunked", "/empty", "/204", "/304", "/until-closed"})
    void headOfAnyResourceLeavesTheConnectionUsable(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").readResponseToHead();
            assertThat(client.get("/ok").readResponse().body().text()).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS", "PURGE", "PROPFIND", "M-SEARCH", "DELETE", "PATCH", "LINK"})
    void methodIsPassedOn(String method) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(method + " /ok HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(client.readResponse().body().text()).isEqualTo("ok");
        }
        assertThat(last("/ok").method()).isEqualTo(method);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PURGE", "GET", "DELETE", "OPTIONS", "PUT"})
    void bodyIsPassedOnWithAnyMethod(String method) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(method + " /ok HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
        Recorded request = last("/ok").awaitEnd(Duration.ofSeconds(5));
        assertThat(request.method()).isEqualTo(method);
        assertThat(request.complete()).isTrue();
        assertThat(request.body().text()).isEqualTo("body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT"})
    void emptyBodyKeepsItsLength(String method) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(method + " /ok HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
        assertThat(last("/ok").headers().all("Content-Length")).containsExactly("0");
    }

    @Test
    void emptyChunkedBodyIsPassedOn() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("POST /ok HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
            assertThat(client.readResponse().status()).isEqualTo(200);
        }
        assertThat(last("/ok").complete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/204", "/304", "/304-length"})
    void answerWithoutABodyHasNone(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < 3; i++) {
                Response response = client.get(path).readResponse();
                assertThat(response.status()).isEqualTo(Integer.parseInt(path.substring(1, 4)));
                assertThat(response.headers().first("ETag")).contains("\"1\"");
                assertThat(response.headers().has("Transfer-Encoding")).isFalse();
                assertThat(client.get("/ok").readResponse().body().text()).isEqualTo("ok");
            }
        }
    }

    @Test
    void noContentHasNoLength() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            // RFC 9110 §8.6: must not be sent in a 204.
            assertThat(client.get("/204").readResponse().headers().has("Content-Length"))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/empty", "/empty-chunked"})
    void emptyBodyIsWhole(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            Response response = client.get(path).readResponse();
            assertThat(response.complete()).isTrue();
            assertThat(response.body().length()).isZero();
            assertThat(client.get("/ok").readResponse().body().text()).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/until-closed", "/until-closed-slowly", "/until-closed-http10"})
    void bodyThatTheCloseDelimitsIsPassedOnWhole(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < 3; i++) {
                Response response = client.get(path).readResponse();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.complete()).isTrue();
                assertThat(response.body().text()).isEqualTo("all that there is");
                // Towards this client it has an end of its own, so that the connection goes on.
                assertThat(client.get("/ok").readResponse().body().text()).isEqualTo("ok");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {299, 599})
    void unusualStatusIsPassedOn(int status) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            Response response = client.get("/" + status).readResponse();
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.body().text()).isEqualTo("odd");
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("GET /until-closed-slowly HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    + "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody"
                    + "GET /chunked HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    + "GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(client.readResponse().body().text()).isEqualTo("all that there is");
            assertThat(client.readResponse().body().text()).contains("\"body\":\"body\"");
            assertThat(client.readResponse().body().text()).isEqualTo("onetwo");
            assertThat(client.readResponse().body().text()).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ok", "/chunked", "/until-closed-slowly", "/large"})
    void clientOfHttp10GetsABodyItCanRead(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
            Response response = client.readResponse();
            assertThat(response.headers().has("Transfer-Encoding")).isFalse();
            assertThat(response.complete()).isTrue();
            client.expectClosed(Duration.ofSeconds(5));
        }
        assertThat(last(path).version()).isEqualTo("HTTP/1.1");
    }

    @Test
    void clientThatSaysCloseIsClosed() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(client.readResponse().headers().first("Connection")).contains("close");
            client.expectClosed(Duration.ofSeconds(5));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/ok?a=1&a=2&b", "/ok?q=%E2%82%AC%20%2F", "/ok?q={}|\\^`", "/ok?", "/ok?a=b?c=d", "/ok?q=%2525"})
    void targetIsPassedOnAsItIs(String target) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            Response response = client.get(target).readResponse();
            if (response.status() != 400) {
                assertThat(response.status()).isEqualTo(200);
                assertThat(last("/ok").target()).isEqualTo(target);
            }
        }
    }

    @Test
    void repeatedFieldsKeepTheirOrder() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send("GET /ok HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\nx-b: 2\r\nX-A: 3\r\n\r\n");
            client.readResponse();
        }
        assertThat(last("/ok").headers().all("X-A")).containsExactly("1", "3");
        assertThat(last("/ok").headers().names()).containsSubsequence("X-A", "x-b");
    }

    private static Recorded last(String path) {
        List<Recorded> all =
                backend.requests().stream().filter(r -> r.path().equals(path)).toList();
        return all.get(all.size() - 1);
    }
}

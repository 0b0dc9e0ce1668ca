package dev.meridian.gateway.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DemoBackendsTests {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final DemoBackends backends = DemoBackends.start(new Random(1));

    @AfterEach
    void stop() {
        backends.destroy();
    }

    @Test
    void start_publishesTwoUrlsInEachOfThreeRegions() {
        assertThat(backends.properties())
                .containsOnlyKeys(
                        "demo.eu-west.a",
                        "demo.eu-west.b",
                        "demo.us-east.a",
                        "demo.us-east.b",
                        "demo.ap-south.a",
                        "demo.ap-south.b");
        assertThat(backends.properties().values()).doesNotHaveDuplicates();
    }

    @Test
    void anyPath_tellsWhoAnsweredAndWhatArrived() throws Exception {
        HttpResponse<String> response = send("eu-west.b", "/some/path?x=1", request -> request.header("X-Test", "yes"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        JsonNode answer = json(response);
        assertThat(answer.path("region").asString()).isEqualTo("eu-west");
        assertThat(answer.path("instance").asString()).isEqualTo("b");
        assertThat(answer.path("method").asString()).isEqualTo("GET");
        assertThat(answer.path("path").asString()).isEqualTo("/some/path?x=1");
        assertThat(answer.path("headers").path("x-test").asString()).isEqualTo("yes");
        assertThat(answer.path("time").asString()).startsWith("20");
    }

    @Test
    void post_countsTheBodyAndGivesItsBeginningBack() throws Exception {
        String body = "\u00e4".repeat(100_000);

        JsonNode answer = json(send("us-east.a", "/echo", request -> request.POST(BodyPublishers.ofString(body))));

        assertThat(answer.path("bodyBytes").asLong()).isEqualTo(200_000);
        assertThat(answer.path("body").asString()).isEqualTo("\u00e4".repeat(512));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 304, 404, 503})
    void status_answersTheCodeAskedFor(int code) throws Exception {
        assertThat(send("eu-west.a", "/status/" + code, request -> request).statusCode())
                .isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/status/999", "/status/100", "/status/x", "/status"})
    void status_noSuchCode_isAPathLikeAnyOther(String path) throws Exception {
        assertThat(send("eu-west.a", path, request -> request).statusCode()).isEqualTo(200);
    }

    @Test
    void head_hasNoBody() throws Exception {
        HttpResponse<String> response =
                send("eu-west.a", "/", request -> request.method("HEAD", BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void latency_isTheRegions() throws Exception {
        long start = System.nanoTime();

        send("ap-south.a", "/", request -> request);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(72));
    }

    @Test
    void slow_takesThreeSeconds() throws Exception {
        long start = System.nanoTime();

        send("eu-west.a", "/slow", request -> request);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void events_comeOneByOne() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("eu-west.a", "/events"))
                .timeout(TIMEOUT)
                .build();
        HttpResponse<Stream<String>> response = client.send(request, BodyHandlers.ofLines());

        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        long start = System.nanoTime();
        long events = response.body().filter(line -> line.startsWith("data: {")).count();
        assertThat(events).isEqualTo(10);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(4));
    }

    @Test
    void destroy_closesThePorts() {
        URI uri = uri("eu-west.a", "/");

        backends.destroy();

        assertThatExceptionOfType(ConnectException.class)
                .isThrownBy(() -> client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding()));
    }

    private HttpResponse<String> send(String backend, String path, Customizer customizer)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(backend, path)).timeout(TIMEOUT);
        return client.send(customizer.customize(request).build(), BodyHandlers.ofString());
    }

    private URI uri(String backend, String path) {
        return URI.create(backends.properties().get("demo." + backend) + path);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    private interface Customizer {

        HttpRequest.Builder customize(HttpRequest.Builder request);
    }
}

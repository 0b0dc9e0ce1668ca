package dev.meridian.observability.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/** The way back, health and meters, as an operator sees them. */
class RouteConfigOverHttpTests {

    @TempDir
    private static Path directory;

    private static final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private static ConfigurableApplicationContext context;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException {
        write("/start");
        // Nothing can be saved below a file.
        Path taken = Files.createFile(directory.resolve("taken"));
        context = SpringApplication.run(
                Gateway.class,
                "--spring.config.additional-location=file:" + file(),
                "--meridian.config.state-dir=" + taken.resolve("below"),
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--management.server.port=0",
                "--management.server.address=127.0.0.1",
                "--management.endpoints.web.exposure.include=refresh,routeconfig,health",
                "--management.endpoint.health.show-details=always",
                "--meridian.access-log.enabled=false");
        context.getBean(ConfigMeters.class).bindTo(registry);
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    @BeforeEach
    void running() throws Exception {
        write("/base");
        post("refresh", "");
        assertThat(post("routeconfig", "{\"hold\": false}").statusCode()).isEqualTo(200);
    }

    private static Path file() {
        return directory.resolve("gateway.yml");
    }

    private static void write(String path) throws IOException {
        Files.writeString(file(), """
                spring.cloud.gateway.server.webflux.routes:
                  - { id: a, uri: "http://127.0.0.1:1", predicates: ["Path=%s"] }
                """.formatted(path));
    }

    private static double meter(String name, String... tags) {
        return registry.get("meridian.config." + name)
                .tags(tags)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    private int snapshot() throws Exception {
        return Integer.parseInt(get("routeconfig").replaceAll("^.*?\"snapshot\":(\\d+).*$", "$1"));
    }

    @Test
    void rollback_isShownUntilItIsReleased() throws Exception {
        int before = snapshot();
        write("/next");
        assertThat(post("refresh", "").statusCode()).isEqualTo(200);

        HttpResponse<String> back = post("routeconfig", "{\"rollback\": " + before + "}");
        assertThat(back.statusCode()).isEqualTo(200);
        assertThat(back.body())
                .contains("\"cause\":\"rollback to " + before + "\"", "\"held\":{", "\"changed\":[\"route a\"]");
        assertThat(get("routeconfig")).contains("\"held\":{\"");
        assertThat(get("health")).contains("\"meridianConfig\"", "\"held\":{");
        assertThat(meter("held")).isEqualTo(1);
        double held = meter("refreshes", "outcome", "held");
        assertThat(post("refresh", "").body()).contains("\"held\":{");
        assertThat(meter("refreshes", "outcome", "held")).isEqualTo(held + 1);

        HttpResponse<String> released = post("routeconfig", "{\"hold\": false}");
        assertThat(released.statusCode()).isEqualTo(200);
        assertThat(released.body()).contains("\"cause\":\"release\"").doesNotContain("\"held\"");
        assertThat(meter("held")).isZero();
        assertThat(meter("snapshot")).isEqualTo(snapshot());
    }

    @Test
    void rollback_toNoneThatIsKept_isNotFound() throws Exception {
        HttpResponse<String> answer = post("routeconfig", "{\"rollback\": 4711}");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body()).contains("no configuration 4711", "kept are [");
    }

    @Test
    void change_nothingToDo_isABadRequest() throws Exception {
        for (String body : new String[] {"{}", "{\"hold\": true}"}) {
            HttpResponse<String> answer = post("routeconfig", body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(answer.body()).contains("Nothing to do");
        }
        assertThat(post("routeconfig", "{\"rollback\": \"x\"}").statusCode()).isEqualTo(400);
    }

    @Test
    void refresh_cannotBeRead_isShown() throws Exception {
        Files.writeString(file(), "a: [1\n");
        assertThat(post("refresh", "").statusCode()).isEqualTo(503);

        assertThat(meter("failing")).isEqualTo(1);
        assertThat(get("health")).contains("\"last-refresh-refused\"");
        write("/base");
        assertThat(post("refresh", "").statusCode()).isEqualTo(200);
        assertThat(meter("failing")).isZero();
    }

    @Test
    void whatCannotBeSaved_isShown() throws Exception {
        await().until(() -> meter("unsaved") == 1);

        assertThat(get("health")).contains("\"not-saved\":", "taken").contains("\"status\":\"UP\"");
    }

    @Test
    void meters_tellOfRoutesAndTheStart() {
        assertThat(meter("routes")).isEqualTo(1);
        assertThat(meter("quarantined")).isZero();
        assertThat(meter("last.good")).isZero();
    }

    private HttpResponse<String> post(String endpoint, String json) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(endpoint)).POST(BodyPublishers.ofString(json));
        if (!json.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private String get(String endpoint) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(endpoint)).build(), BodyHandlers.ofString())
                .body();
    }

    private static URI uri(String endpoint) {
        return URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.management.port")
                + "/actuator/" + endpoint);
    }

    @EnableAutoConfiguration
    static class Gateway {}
}

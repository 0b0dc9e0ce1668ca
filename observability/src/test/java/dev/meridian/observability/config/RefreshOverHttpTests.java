package dev.meridian.observability.config;

import static org.assertj.core.api.Assertions.assertThat;

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

/** As an operator uses it: a file that changes, and a management port. */
class RefreshOverHttpTests {

    private static final String BASE = """
            spring.cloud.gateway.server.webflux.routes:
              - { id: a, uri: "lb://a", predicates: ["Path=/a"] }
            meridian.upstreams:
              a: { endpoints: ["http://127.0.0.1:1"] }
            """;

    @TempDir
    private static Path directory;

    private static ConfigurableApplicationContext context;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException {
        write(BASE);
        context = SpringApplication.run(
                Gateway.class,
                "--spring.config.additional-location=file:" + file(),
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--management.server.port=0",
                "--management.server.address=127.0.0.1",
                "--management.endpoints.web.exposure.include=refresh,routeconfig,gateway",
                "--management.endpoint.gateway.access=unrestricted",
                "--meridian.access-log.enabled=false");
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    @BeforeEach
    void base() throws Exception {
        write(BASE);
        assertThat(refresh().statusCode()).isEqualTo(200);
    }

    private static Path file() {
        return directory.resolve("gateway.yml");
    }

    private static void write(String yaml) throws IOException {
        Files.writeString(file(), yaml);
    }

    @Test
    void refresh_nothingHasChanged_saysSo() throws Exception {
        HttpResponse<String> answer = refresh();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"keys\":[]");
    }

    @Test
    void refresh_tellsTheDifference() throws Exception {
        write(BASE + "  b: { endpoints: [\"http://127.0.0.1:2\"] }\n");
        HttpResponse<String> answer = refresh();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .contains("\"added\":[\"upstream b\"]", "\"changed\":[]", "meridian.upstreams.b.endpoints[0]");
        assertThat(get("routeconfig")).contains("\"cause\":\"refresh\"", "\"added\":[\"upstream b\"]", "\"history\":[");
    }

    @Test
    void refresh_bad_tellsAllThatIsWrong() throws Exception {
        String before = get("routeconfig");
        write(BASE + "  b: { endpoints: [\"ftp://127.0.0.1:2\", \"http://\"] }\n");
        HttpResponse<String> answer = refresh();

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body())
                .contains(
                        "\"status\":400",
                        "2 errors",
                        "gateway.yml",
                        "\"property\":\"meridian.upstreams.b.endpoints[0]\"")
                .contains("\"property\":\"meridian.upstreams.b.endpoints[1]\"");
        assertThat(get("routeconfig")).contains("last-refresh-refused", snapshot(before));
    }

    @Test
    void refresh_wrongType_namesIt() throws Exception {
        write(BASE + "meridian.config.on-bad-route: perhaps\n");
        HttpResponse<String> answer = refresh();

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"property\":\"meridian.config.on-bad-route\"", "\"value\":\"perhaps\"");
    }

    @Test
    void refresh_unreadable_isUnavailable() throws Exception {
        write(BASE + "x: [1\n");
        assertThat(refresh().statusCode()).isEqualTo(503);

        Files.delete(file());
        HttpResponse<String> answer = refresh();
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("gateway.yml");
    }

    @Test
    void refresh_badRoute_isShownInQuarantine() throws Exception {
        write(BASE.replace("Path=/a", "Pth=/a"));
        HttpResponse<String> answer = refresh();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"route\":\"a\"", "\"last-good-version-serves\":true");
        assertThat(get("routeconfig")).contains("Pth");
    }

    @Test
    void postedRoute_withAnExpression_isPutInQuarantine() throws Exception {
        String port = context.getEnvironment().getProperty("local.management.port");
        HttpResponse<String> posted = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/gateway/routes/evil"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("""
                                {"id": "evil", "uri": "http://127.0.0.1:1",
                                 "predicates": [{"name": "Path", "args": {"patterns": "/evil"}}],
                                 "filters": [{"name": "AddResponseHeader", "args": {"name": "X",
                                   "value": "#{T(java.lang.Runtime).getRuntime().availableProcessors()}"}}]}"""))
                        .build(),
                BodyHandlers.ofString());
        assertThat(posted.statusCode()).isEqualTo(201);

        assertThat(refresh().statusCode()).isEqualTo(200);

        assertThat(get("routeconfig")).contains("\"route\":\"evil\"", "no expression is evaluated");
    }

    @Test
    void refresh_badRouteThatIsRejected_isRefused() throws Exception {
        write(BASE.replace("Path=/a", "Pth=/a") + "meridian.config.on-bad-route: reject\n");
        HttpResponse<String> answer = refresh();

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("webflux.routes[0]", "Pth");
    }

    @Test
    void refresh_noRoutesAnyMore_onlyWhereThatIsMeant() throws Exception {
        write("info.a: b\n");
        assertThat(refresh().statusCode()).isEqualTo(400);

        write("meridian.config.allow-empty: true\n");
        HttpResponse<String> answer = refresh();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"removed\":[\"route a\",\"upstream a\"]");
    }

    private static String snapshot(String view) {
        return view.replaceAll("^.*?(\"snapshot\":\\d+).*$", "$1");
    }

    private HttpResponse<String> refresh() throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri("refresh"))
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
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

package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.configserver.FakeConfigServer;
import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.load.Load;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.http.Headers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Whatever a config server answers, requests are served; and asking it often costs little. */
class ConfigServerFailuresIT {

    private static final int THREADS = 8;
    private static final int PER_SECOND = 300;
    private static final long MEGABYTE = 1 << 20;
    private static final Headers JSON = Headers.of("Content-Type", "application/json");

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.answer(200, "ok"));

    private static GatewayConfig routes(String... paths) {
        GatewayConfig config =
                GatewayConfig.empty().upstream("kept", backend.url()).route("/kept", "lb://kept");
        for (String path : paths) {
            config = config.route(path, "lb://kept");
        }
        return config;
    }

    private static GatewayProcess start(String name, FakeConfigServer server, String... arguments) {
        return GatewayProcess.of(
                        "config-server-" + name,
                        GatewayConfig.empty().with("spring.config.import: \"configserver:" + server.url() + "\""))
                .arguments(arguments)
                .start();
    }

    private static int status(GatewayProcess gateway, String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.get(path).readResponse().status();
        }
    }

    @Test
    void noAnswerOfTheServerHurts() {
        try (FakeConfigServer server = new FakeConfigServer()) {
            server.serve("1", routes().yaml());
            try (GatewayProcess gateway = start("hurts", server);
                    Load load = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/kept"))) {
                Eventually.holds("the load to flow", () -> load.count() > 100);

                refused("500", server, gateway, Behaviour.answer(500, "broken"));
                refused("no JSON", server, gateway, Behaviour.answer(200, JSON, "<html>"));
                refused("half an answer", server, gateway, Behaviour.halfBody(1000, 100));
                refused(
                        "nothing",
                        server,
                        gateway,
                        Behaviour.answer(200, JSON, "{\"name\":\"meridian\",\"propertySources\":[]}"));

                long before = gateway.usedHeap();
                Duration big = refused("50 MB", server, gateway, ConfigServerFailuresIT::fiftyMegabytes);
                Figures.print(
                        "50 MB from the config server, heap of 256 MB",
                        "refused after %s, heap %d -> %d MB",
                        Figures.millis(big),
                        before / MEGABYTE,
                        gateway.usedHeap() / MEGABYTE);

                Duration slow = refused(
                        "after 60 s",
                        server,
                        gateway,
                        Behaviour.after(Duration.ofSeconds(60), Behaviour.answer(200, "late")));
                assertThat(slow).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(14));

                server.serve("2", routes("/new").yaml());
                HttpResponse<String> answer = gateway.refresh();
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(answer.body()).contains("\"version\":\"2\"");
                assertThat(status(gateway, "/new")).isEqualTo(200);
                Figures.print(
                        "requests while the config server fails",
                        "%s",
                        load.stop().assertAllOk(PER_SECOND));
            }
        }
    }

    private static Duration refused(String name, FakeConfigServer server, GatewayProcess gateway, Behaviour behaviour) {
        server.behave(behaviour);
        long from = System.nanoTime();
        HttpResponse<String> answer = gateway.refresh();
        Duration took = Duration.ofNanos(System.nanoTime() - from);
        assertThat(answer.statusCode()).as(name + ": " + answer.body()).isEqualTo(503);
        assertThat(answer.body()).contains("Nothing has changed");
        assertThat(status(gateway, "/kept")).isEqualTo(200);
        assertThat(gateway.metric("meridian_config_failing")).hasValue(1);
        Figures.print("config server: " + name, "%s after %s", answer.body(), Figures.millis(took));
        return took;
    }

    /** As many small values: what costs most memory. */
    private static void fiftyMegabytes(
            dev.meridian.testkit.backend.Recorded request, dev.meridian.testkit.backend.Exchange out)
            throws java.io.IOException {
        out.head(200, JSON.with("Content-Length", Long.toString(1L << 40)));
        out.write(FakeConfigServer.answer("big", routes().yaml())
                .replace("}}]}", "")
                .getBytes(StandardCharsets.UTF_8));
        StringBuilder part = new StringBuilder();
        long left = 50 * MEGABYTE;
        for (int i = 0; left > 0; i++) {
            part.setLength(0);
            for (int j = 0; j < 1000; j++) {
                part.append(",\"some.key.of.some.kind[").append(i * 1000 + j).append("]\":\"value\"");
            }
            out.write(part.toString().getBytes(StandardCharsets.UTF_8));
            left -= part.length();
        }
        out.close();
    }

    @Test
    void askingWhetherAnythingHasChangedCostsLittle() {
        try (FakeConfigServer server = new FakeConfigServer()) {
            String[] many = new String[300];
            java.util.Arrays.setAll(many, i -> "/p" + i);
            server.serve("1", routes(many).yaml());
            try (GatewayProcess gateway = start("poll", server, "--meridian.config.poll=1s")) {
                // The first look finds out what has changed since the start; from then on nothing has.
                Eventually.holds(
                        "it to have looked",
                        () -> gateway.metric("meridian_config_refreshes_total", "outcome=\"unchanged\"")
                                        .orElse(0)
                                >= 1);
                long requests = server.requests();
                long bytes = server.sentBytes();
                long from = System.nanoTime();
                Eventually.holds("it to ask three times", () -> server.requests() >= requests + 3);
                Figures.print(
                        "config server polled each second, unchanged",
                        "%d requests in %s, %d bytes of configuration sent (a refresh is %d)",
                        server.requests() - requests,
                        Figures.seconds(System.nanoTime() - from),
                        server.sentBytes() - bytes,
                        FakeConfigServer.answer("1", routes(many).yaml()).length());
                assertThat(server.sentBytes()).isEqualTo(bytes);

                server.serve("2", routes("/new").yaml());
                long changed = System.nanoTime();
                Eventually.holds("the change to be in effect", () -> status(gateway, "/new") == 200);
                Figures.print("a change at the config server", "%s", Figures.seconds(System.nanoTime() - changed));
            }
        }
    }
}

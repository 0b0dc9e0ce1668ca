package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.load.Load;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.BackendOptions;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.RawClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The way back to a configuration that was in effect: as whole as the way there, and it holds. */
@Execution(ExecutionMode.SAME_THREAD)
class RollbackIT {

    private static final int THREADS = 8;
    private static final int PER_SECOND = 500;
    private static final int TIMES = 20;
    private static final BackendOptions KEEPING = BackendOptions.defaults().keeping(100_000);

    @AutoClose
    private static final Backend one = VersionPair.backend("v1", KEEPING);

    @AutoClose
    private static final Backend two = VersionPair.backend("v2", KEEPING);

    @AutoClose
    private static final Backend plain = Backend.start(Behaviour.answer(200, "ok"));

    @TempDir
    private Path state;

    private GatewayProcess start(Path file) {
        return GatewayProcess.of(
                        "rollback",
                        GatewayConfig.empty().with(VersionPair.config("v1", one).yaml()))
                .arguments(
                        "--meridian.config.state-dir=" + state,
                        "--spring.config.additional-location=file:" + file,
                        "--management.endpoint.gateway.access=unrestricted",
                        "--management.endpoints.web.exposure.include=health,prometheus,refresh,routeconfig,gateway")
                .expectLog("APPLICATION FAILED TO START")
                .start();
    }

    private static HttpResponse<String> rollback(GatewayProcess gateway, int number) {
        return gateway.post("/actuator/routeconfig", "{\"rollback\": " + number + "}");
    }

    private static String answer(GatewayProcess gateway, String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.get(path).readResponse().body().text();
        }
    }

    private static int status(GatewayProcess gateway, String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.get(path).readResponse().status();
        }
    }

    @Test
    void leadsBackUnderLoadAndHolds() throws java.io.IOException {
        Path file = java.nio.file.Files.writeString(
                state.resolve("gateway.yml"), VersionPair.config("v1", one).yaml());
        try (GatewayProcess gateway = start(file)) {
            java.nio.file.Files.writeString(file, VersionPair.config("v2", two).yaml());
            assertThat(gateway.refresh().statusCode()).isEqualTo(200);
            assertThat(answer(gateway, "/same")).isEqualTo("v2");

            underLoad(gateway);
            wrongNumbers(gateway);
            routesOfTheRepositoryStay(gateway);

            assertThat(rollback(gateway, oldest(gateway)).body()).contains("\"held\":{");
            assertThat(answer(gateway, "/same")).isEqualTo("v1");
            HttpResponse<String> held = gateway.refresh();
            assertThat(held.statusCode()).isEqualTo(200);
            assertThat(held.body()).contains("\"held\":{");
            assertThat(answer(gateway, "/same")).isEqualTo("v1");
            assertThat(gateway.metric("meridian_config_held")).hasValue(1);
        }

        try (GatewayProcess again = start(file)) {
            assertThat(answer(again, "/same")).isEqualTo("v1");
            assertThat(again.metric("meridian_config_held")).hasValue(1);
            assertThat(again.refresh().body()).contains("\"held\":{");
            assertThat(answer(again, "/named")).isEqualTo("v1");

            HttpResponse<String> released = again.post("/actuator/routeconfig", "{\"hold\": false}");
            assertThat(released.statusCode()).as(released.body()).isEqualTo(200);
            assertThat(released.body()).doesNotContain("\"held\"");
            assertThat(answer(again, "/same")).isEqualTo("v2");
            assertThat(again.metric("meridian_config_held")).hasValue(0);
        }
    }

    private static void underLoad(GatewayProcess gateway) {
        try (Load same = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/same"));
                Load named = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/named"))) {
            Eventually.holds("the load to flow", () -> same.count() > 100 && named.count() > 100);
            List<Duration> took = new ArrayList<>();
            long begin = System.nanoTime();
            for (int i = 0; i < TIMES; i++) {
                // Each makes a further one: what is two back is the other.
                int number = snapshot(gateway) - 1;
                long from = System.nanoTime();
                HttpResponse<String> answer = rollback(gateway, number);
                took.add(Duration.ofNanos(System.nanoTime() - from));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(answer.body()).contains("\"cause\":\"rollback to " + number);
                Backend expected = i % 2 == 0 ? one : two;
                long before = expected.requestCount();
                Eventually.holds("the change to be in effect", () -> expected.requestCount() > before);
            }
            long nanos = System.nanoTime() - begin;
            took.sort(null);
            var sames = same.stop().assertAllOk(PER_SECOND);
            var nameds = named.stop().assertAllOk(PER_SECOND);
            Figures.print(
                    "rollbacks under load",
                    "%d in %s, p50 %s, longest %s; same name: %s; other name: %s",
                    TIMES,
                    Figures.seconds(nanos),
                    Figures.millis(took.get(TIMES / 2)),
                    Figures.millis(took.get(TIMES - 1)),
                    sames,
                    nameds);
        }
    }

    private static int snapshot(GatewayProcess gateway) {
        return Integer.parseInt(
                gateway.get("/actuator/routeconfig").body().replaceAll("^.*?\"snapshot\":(\\d+).*$", "$1"));
    }

    /** One with {@code v1}: those with an odd number. */
    private static int oldest(GatewayProcess gateway) {
        int running = snapshot(gateway);
        return running - 2 - (running + 1) % 2;
    }

    private static void wrongNumbers(GatewayProcess gateway) {
        assertThat(rollback(gateway, 10_000).statusCode()).isEqualTo(404);
        assertThat(rollback(gateway, 10_000).body()).contains("There is no configuration 10000");
        assertThat(gateway.post("/actuator/routeconfig", "{}").statusCode()).isEqualTo(400);
        assertThat(gateway.post("/actuator/routeconfig", "{\"hold\": true}").statusCode())
                .isEqualTo(400);
    }

    private static void routesOfTheRepositoryStay(GatewayProcess gateway) {
        assertThat(gateway.post("/actuator/gateway/routes/extra", """
                                {"uri": "%s", "predicates": [{"name": "Path", "args": {"_genkey_0": "/extra"}}]}""".formatted(plain.url()))
                        .statusCode())
                .isEqualTo(201);
        assertThat(gateway.post("/actuator/gateway/refresh").statusCode()).isEqualTo(200);
        Eventually.holds("the route to serve", () -> status(gateway, "/extra") == 200);

        int running = snapshot(gateway);
        assertThat(rollback(gateway, running - 1).statusCode()).isEqualTo(200);
        assertThat(status(gateway, "/extra")).isEqualTo(200);
        assertThat(rollback(gateway, running).statusCode()).isEqualTo(200);
        assertThat(status(gateway, "/extra")).isEqualTo(200);
    }
}

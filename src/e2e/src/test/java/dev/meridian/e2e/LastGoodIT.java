package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meridian.e2e.configserver.ConfigServerProcess;
import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.load.Load;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.RawClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last good configuration is on disk, and is what the gateway starts from when nothing else can be read. */
class LastGoodIT {

    private static final int THREADS = 8;
    private static final int PER_SECOND = 300;
    private static final Duration POLLED = Duration.ofSeconds(10);

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.answer(200, "ok"));

    @TempDir
    private Path state;

    private static GatewayConfig routes(String... paths) {
        GatewayConfig config =
                GatewayConfig.empty().upstream("kept", backend.url()).route("/kept", "lb://kept");
        for (String path : paths) {
            config = config.route(path, "lb://kept");
        }
        return config;
    }

    private GatewayProcess.Builder gateway(String name, GatewayConfig local, Path stateDirectory, String... more) {
        return GatewayProcess.of("last-good-" + name, local)
                .arguments(
                        "--meridian.config.state-dir=" + stateDirectory,
                        "--management.endpoint.health.show-details=always")
                .arguments(more)
                .expectLog("APPLICATION FAILED TO START|Application run failed");
    }

    private static GatewayConfig from(ConfigServerProcess server) {
        return GatewayConfig.empty().with("spring.config.import: \"configserver:" + server.url() + "\"");
    }

    private static int status(GatewayProcess gateway, String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.get(path).readResponse().status();
        }
    }

    private static String health(GatewayProcess gateway) {
        return gateway.get("/actuator/health").body();
    }

    private static double metric(GatewayProcess gateway, String name) {
        return gateway.metric("meridian_config_" + name).orElseThrow();
    }

    @Test
    void startsWithoutTheServerAndCatchesUpWithIt() throws IOException {
        Path file = state.resolve("last-good-config");
        try (ConfigServerProcess server =
                ConfigServerProcess.of("meridian.yml", routes().yaml()).start()) {
            try (GatewayProcess one = gateway("one", from(server), state, "--meridian.config.poll=1s")
                            .start();
                    GatewayProcess two =
                            gateway("two", from(server), state.resolve("two")).start()) {
                Eventually.holds("it to be saved", () -> Files.exists(file));
                followsCommits(server, one);
                refreshAtOnce(server, one, two);
            }
            server.stop();

            long from = System.nanoTime();
            try (GatewayProcess again = gateway("again", from(server), state, "--meridian.config.poll=1s")
                    .start()) {
                Figures.print("start without the config server", "%s", Figures.seconds(System.nanoTime() - from));
                assertThat(status(again, "/kept")).isEqualTo(200);
                assertThat(status(again, "/both4")).isEqualTo(200);
                assertThat(metric(again, "last_good")).isEqualTo(1);
                assertThat(health(again)).contains("\"last-good\":{", "\"saved\":", "\"reason\":");
                assertThat(again.get("/actuator/routeconfig").body())
                        .contains("\"cause\":\"start from the last good configuration\"", "\"last-good\":{");
                assertThat(again.readiness()).isEqualTo(200);

                try (Load load = Load.constantRate(again.port(), THREADS, PER_SECOND, Load.get("/kept"))) {
                    server.commit(routes("/back").yaml());
                    server.start();
                    long back = System.nanoTime();
                    Eventually.within(POLLED, "it to catch up", () -> metric(again, "last_good") == 0);
                    Figures.print(
                            "catches up", "%s after the server answers", Figures.seconds(System.nanoTime() - back));
                    assertThat(status(again, "/back")).isEqualTo(200);
                    assertThat(health(again)).doesNotContain("\"last-good\":");
                    load.stop().assertAllOk(PER_SECOND / 3);
                }
            }
            server.stop();

            byte[] damaged = Files.readAllBytes(file);
            damaged[damaged.length / 2] ^= 1;
            Files.write(file, damaged);
            GatewayProcess none = gateway("damaged", from(server), state).launch();
            try {
                assertThat(none.exitCode(Duration.ofSeconds(60))).isEqualTo(1);
                assertThat(none.log())
                        .contains("There is no last good configuration to start from", "is damaged", server.url());
            } finally {
                none.kill();
            }
        }
    }

    private static void followsCommits(ConfigServerProcess server, GatewayProcess gateway) {
        try (Load load = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/kept"))) {
            server.commit(routes("/new").yaml());
            long from = System.nanoTime();
            Eventually.within(POLLED, "the commit to be in effect", () -> status(gateway, "/new") == 200);
            Figures.print("a commit is in effect, polled each second", "%s", Figures.seconds(System.nanoTime() - from));
            load.stop().assertAllOk(1);
        }
    }

    private static void refreshAtOnce(ConfigServerProcess server, GatewayProcess one, GatewayProcess two) {
        try (Load first = Load.constantRate(one.port(), THREADS, PER_SECOND, Load.get("/kept"));
                Load second = Load.constantRate(two.port(), THREADS, PER_SECOND, Load.get("/kept"))) {
            for (int i = 0; i < 5; i++) {
                String path = "/both" + i;
                server.commit(routes(path).yaml());
                List<CompletableFuture<HttpResponse<String>>> answers = List.of(
                        CompletableFuture.supplyAsync(one::refresh), CompletableFuture.supplyAsync(two::refresh));
                assertThat(answers)
                        .extracting(answer -> answer.join().statusCode())
                        .containsExactly(200, 200);
                assertThat(status(one, path)).isEqualTo(200);
                assertThat(status(two, path)).isEqualTo(200);
            }
            Figures.print(
                    "two gateways refresh at once",
                    "%s; %s",
                    first.stop().assertAllOk(1),
                    second.stop().assertAllOk(1));
        }
    }

    @Test
    void whatCannotBeSavedHoldsUpNothing() throws IOException {
        Path taken = Files.createFile(state.resolve("taken"));
        try (TinyDisk disk = new TinyDisk();
                GatewayProcess gateway = gateway(
                                "disk", routes(), disk.mounted() ? disk.directory() : taken.resolve("below"))
                        .start();
                Load load = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/kept"))) {
            Eventually.holds("the load to flow", () -> load.count() > 100);
            if (disk.mounted()) {
                assertThat(metric(gateway, "unsaved")).isZero();
                disk.fill();
                changedButNotSaved(gateway, "/full", "No space left");
                disk.free();
                changedAndSaved(gateway, "/again");
                disk.readOnly(true);
                changedButNotSaved(gateway, "/readonly", "Read-only");
                disk.readOnly(false);
                changedAndSaved(gateway, "/writable");
            } else {
                changedButNotSaved(gateway, "/nowhere", "taken");
            }
            load.stop().assertAllOk(PER_SECOND / 3);
            assumeTrue(disk.mounted(), "no file system may be mounted here: only a path below a file was tried");
        }
    }

    private static void changedButNotSaved(GatewayProcess gateway, String path, String why) {
        change(gateway, path);
        Eventually.holds("it to say so", () -> metric(gateway, "unsaved") == 1);
        assertThat(health(gateway)).contains("\"not-saved\":").contains(why).contains("\"status\":\"UP\"");
    }

    private static void changedAndSaved(GatewayProcess gateway, String path) {
        change(gateway, path);
        Eventually.holds("it to be saved", () -> metric(gateway, "unsaved") == 0);
        assertThat(health(gateway)).doesNotContain("not-saved");
    }

    private static void change(GatewayProcess gateway, String path) {
        gateway.rewrite(routes(path).yaml());
        assertThat(gateway.refresh().statusCode()).isEqualTo(200);
        assertThat(status(gateway, path)).isEqualTo(200);
    }
}

package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.load.Load;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that change are taken over without being asked for, whole or not at all. */
class WatchIT {

    private static final int PER_SECOND = 300;
    private static final Duration NOTICED = Duration.ofSeconds(8);

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.answer(200, "ok"));

    @TempDir
    private Path home;

    private Path routes;
    private Path mount;

    private static String route(String... paths) {
        GatewayConfig config = GatewayConfig.empty().route("/kept", "lb://kept");
        for (String path : paths) {
            config = config.route(path, "lb://kept");
        }
        return config.yaml();
    }

    private static String upstreams(String... names) {
        GatewayConfig config = GatewayConfig.empty();
        for (String name : names) {
            config = config.upstream(name, backend.url());
        }
        return config.yaml();
    }

    @BeforeEach
    void files() throws IOException {
        routes = Files.writeString(home.resolve("routes.yml"), route());
        mount = Files.createDirectory(home.resolve("mount"));
        mount("..2026_01", upstreams("kept"));
        Files.createSymbolicLink(mount.resolve("application.yml"), Path.of("..data", "application.yml"));
    }

    /** As the kubelet changes a ConfigMap. */
    private void mount(String name, String yaml) throws IOException {
        Files.writeString(Files.createDirectory(mount.resolve(name)).resolve("application.yml"), yaml);
        Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of(name));
        Files.move(
                mount.resolve("..data_tmp"),
                mount.resolve("..data"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static int status(GatewayProcess gateway, String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.get(path).readResponse().status();
        }
    }

    private static long refreshes(GatewayProcess gateway, String outcome) {
        return (long) gateway.metric("meridian_config_refreshes_total", "outcome=\"" + outcome + "\"")
                .orElseThrow();
    }

    private static void noticed(GatewayProcess gateway, String what, String path, int status) {
        long from = System.nanoTime();
        Eventually.within(NOTICED, what, () -> status(gateway, path) == status);
        Figures.print("watched: " + what, "in effect after %s", Figures.seconds(System.nanoTime() - from));
    }

    @Test
    void filesAndMountsAreTakenOverAsTheyChange() throws IOException {
        try (GatewayProcess gateway = GatewayProcess.of("watch", GatewayConfig.empty())
                        .arguments(
                                "--meridian.config.watch=true",
                                "--spring.config.additional-location=file:" + routes + ",file:" + mount + "/")
                        .start();
                Load load = Load.constantRate(gateway.port(), 8, PER_SECOND, Load.get("/kept"))) {
            Eventually.within(NOTICED, "the first look", () -> refreshes(gateway, "unchanged") == 1);

            Files.writeString(routes, route("/a"));
            noticed(gateway, "a file is edited in place", "/a", 200);

            mount("..2026_02", upstreams("kept", "other"));
            long from = System.nanoTime();
            Eventually.within(
                    NOTICED,
                    "the mount to be noticed",
                    () -> gateway.get("/actuator/upstreams").body().contains("\"other\""));
            Figures.print("watched: a ConfigMap is swapped", "after %s", Figures.seconds(System.nanoTime() - from));
            Eventually.holds("it to be counted", () -> refreshes(gateway, "applied") == 2);

            halfWritten(gateway);

            Files.writeString(routes, "a: [1\n");
            Eventually.within(NOTICED, "it to be refused", () -> refreshes(gateway, "unreadable") == 1);
            assertThat(status(gateway, "/whole")).isEqualTo(200);
            Files.writeString(routes, route("/mended"));
            noticed(gateway, "a file is mended", "/mended", 200);

            Eventually.holds("it to be counted", () -> refreshes(gateway, "applied") == 4);
            assertThat(refreshes(gateway, "refused")).isZero();
            Figures.print("requests while files change", "%s", load.stop().assertAllOk(PER_SECOND));
        }
    }

    /** Written piece by piece over three seconds, each of which would be a configuration of its own. */
    private void halfWritten(GatewayProcess gateway) throws IOException {
        long applied = refreshes(gateway, "applied");
        String whole = route("/b", "/c", "/whole");
        Files.writeString(routes, "");
        try (Load steps = Load.paced(
                gateway.port(),
                1,
                Load.get("/kept"),
                () -> Duration.ofMillis(200).toNanos())) {
            for (String line : whole.split("(?<=\n)")) {
                Files.writeString(routes, line, StandardOpenOption.APPEND);
                int before = steps.count();
                Eventually.holds("some time to pass", () -> steps.count() >= before + 2);
                assertThat(refreshes(gateway, "applied")).isEqualTo(applied);
            }
        }
        noticed(gateway, "a file is written slowly", "/whole", 200);
        Eventually.holds("it to be counted", () -> refreshes(gateway, "applied") == applied + 1);
        assertThat(refreshes(gateway, "refused")).isZero();
    }
}

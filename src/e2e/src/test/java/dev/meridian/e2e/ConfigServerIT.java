package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.configserver.ConfigServerProcess;
import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.load.Load;
import dev.meridian.e2e.load.LoadReport;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.RawClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Routes from a config server: changed by a commit and a refresh, and never lost with the server. */
class ConfigServerIT {

    private static final int THREADS = 8;
    private static final int PER_SECOND = 300;
    private static final String FILE = "meridian.yml";

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.answer(200, "ok"));

    private static GatewayConfig routes(String... more) {
        GatewayConfig config =
                GatewayConfig.empty().upstream("kept", backend.url()).route("/kept", "lb://kept");
        for (String path : more) {
            config = config.route(path, "lb://kept");
        }
        return config;
    }

    private static GatewayProcess start(String name, ConfigServerProcess server, String optional, GatewayConfig local) {
        return GatewayProcess.start(
                "config-server-" + name,
                local.with("spring.config.import: \"" + optional + "configserver:" + server.url() + "\""));
    }

    private static int status(GatewayProcess gateway, String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.get(path).readResponse().status();
        }
    }

    private static void assertRefused(GatewayProcess gateway, int status, String says) {
        long from = System.nanoTime();
        HttpResponse<String> answer = gateway.refresh();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("Nothing has changed").contains(says);
        assertThat(status(gateway, "/kept")).isEqualTo(200);
        assertThat(status(gateway, "/new")).isEqualTo(200);
        Figures.print(
                "refused with " + status, "after %s: %s", Figures.seconds(System.nanoTime() - from), answer.body());
    }

    @Test
    void routesFollowTheServerAndOutliveIt() {
        whileServerChanges("", "");
    }

    @Test
    void routesOutliveAServerThatIsOptionalAsWell() {
        whileServerChanges("optional:", "-optional");
    }

    private static void whileServerChanges(String optional, String name) {
        try (ConfigServerProcess server =
                        ConfigServerProcess.of(FILE, routes().yaml()).start();
                GatewayProcess gateway = start("changes" + name, server, optional, GatewayConfig.empty());
                Load load = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/kept"))) {
            Eventually.holds("the load to flow", () -> load.count() > 100);
            assertThat(status(gateway, "/new")).isEqualTo(404);
            assertThat(gateway.get("/actuator/routeconfig").body()).contains("configserver:");

            server.commit(routes("/new").yaml());
            HttpResponse<String> changed = gateway.refresh();
            assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
            assertThat(changed.body()).contains("\"added\":[\"route r1\"]");
            assertThat(status(gateway, "/new")).isEqualTo(200);

            server.commit("meridian:\n  a: [1, 2\n  b: 3\n");
            assertRefused(gateway, 503, "");
            server.commit("");
            assertRefused(gateway, 503, "config server");
            server.commit("info.no: routes");
            assertRefused(gateway, 400, "allow-empty");
            server.commit(
                    routes("/new").with("meridian.uptreams.a.endpoints: x").yaml());
            assertRefused(gateway, 400, "meridian.uptreams.a.endpoints");

            server.stop();
            assertRefused(gateway, 503, "");

            server.commit(routes("/newer").yaml());
            server.start();
            HttpResponse<String> back = gateway.refresh();
            assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
            assertThat(status(gateway, "/new")).isEqualTo(404);
            assertThat(status(gateway, "/newer")).isEqualTo(200);

            LoadReport report = load.stopAfter(Duration.ofMillis(500)).assertAllOk(PER_SECOND);
            Figures.print("config server changes, breaks and returns", "%s", report);
        }
    }

    @Test
    void withoutTheServerAnOptionalOneLetsTheLocalFileServe() {
        try (ConfigServerProcess server =
                        ConfigServerProcess.of(FILE, routes("/new").yaml());
                GatewayProcess gateway = start("optional", server, "optional:", routes())) {
            assertThat(status(gateway, "/kept")).isEqualTo(200);
            assertThat(status(gateway, "/new")).isEqualTo(404);
            assertThat(gateway.refresh().statusCode()).isEqualTo(200);

            server.start();
            HttpResponse<String> found = gateway.refresh();
            assertThat(found.statusCode()).as(found.body()).isEqualTo(200);
            assertThat(status(gateway, "/kept")).isEqualTo(200);
            assertThat(status(gateway, "/new")).isEqualTo(200);
        }
    }

    @Test
    void withoutTheServerThatIsNeededItDoesNotStart() {
        try (ConfigServerProcess server = ConfigServerProcess.of(FILE, routes().yaml())) {
            GatewayProcess gateway = GatewayProcess.of(
                            "config-server-needed",
                            routes().with("spring.config.import: \"configserver:" + server.url() + "\""))
                    .launch();
            try {
                assertThat(gateway.exitCode(Duration.ofSeconds(60))).isEqualTo(1);
                assertThat(gateway.log()).contains(server.url());
            } finally {
                gateway.kill();
            }
        }
    }
}

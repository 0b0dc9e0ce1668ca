package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.backend.BackendProcess;
import dev.meridian.e2e.backend.BackendProcesses;
import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.e2e.load.Load;
import dev.meridian.e2e.load.LoadReport;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.BackendOptions;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The configuration changes while requests are served, and none of them notices; a bad one changes nothing. */
@Execution(ExecutionMode.SAME_THREAD)
class RefreshIT {

    private static final int THREADS = 8;
    private static final int PER_SECOND = 300;
    private static final long MEGABYTE = 1 << 20;
    private static final Duration BETWEEN = Duration.ofMillis(50);
    private static final BackendOptions KEEPING = BackendOptions.defaults().keeping(1_000_000);

    @AutoClose
    private static final Backend one = VersionPair.backend("v1", KEEPING);

    @AutoClose
    private static final Backend two = VersionPair.backend("v2", KEEPING);

    @AutoClose
    private static final Backend plain = Backend.start(Behaviour.answer(200, "ok"), KEEPING);

    private static GatewayProcess start(String name, GatewayConfig config) {
        return GatewayProcess.start("refresh-" + name, config);
    }

    private static HttpResponse<String> refresh(GatewayProcess gateway, GatewayConfig config) {
        gateway.rewrite(config.yaml());
        return gateway.refresh();
    }

    private static int status(GatewayProcess gateway, String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.get(path).readResponse().status();
        }
    }

    private static GatewayConfig base() {
        return GatewayConfig.empty().route("/kept", "lb://kept").upstream("kept", plain.url());
    }

    @Test
    void routesAndUpstreamsComeAndGoUnnoticed() {
        try (GatewayProcess gateway = start("add-remove", base());
                Load load = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/kept"))) {
            Eventually.holds("the load to flow", () -> load.count() > PER_SECOND);

            HttpResponse<String> added =
                    refresh(gateway, base().route("/new", "lb://new").upstream("new", plain.url()));
            assertThat(added.statusCode()).isEqualTo(200);
            assertThat(added.body()).contains("\"added\":[\"route r1\",\"upstream new\"]", "\"removed\":[]");
            assertThat(status(gateway, "/new")).isEqualTo(200);

            HttpResponse<String> changed =
                    refresh(gateway, base().route("/newer", "lb://new").upstream("new", one.url(), plain.url()));
            assertThat(changed.body()).contains("\"changed\":[\"route r1\",\"upstream new\"]");
            assertThat(status(gateway, "/new")).isEqualTo(404);

            HttpResponse<String> removed = refresh(gateway, base());
            assertThat(removed.body()).contains("\"removed\":[\"route r1\",\"upstream new\"]");
            assertThat(status(gateway, "/newer")).isEqualTo(404);

            HttpResponse<String> same = gateway.refresh();
            assertThat(same.statusCode()).isEqualTo(200);
            assertThat(gateway.get("/actuator/routeconfig").body()).contains("\"snapshot\":4", "\"routes\":1");

            LoadReport report = load.stopAfter(Duration.ofMillis(500)).assertAllOk(PER_SECOND);
            Figures.print("routes come and go", "%s", report);
        }
    }

    @Test
    void noRequestRunsOnHalfAConfiguration() {
        try (GatewayProcess gateway = start("whole", VersionPair.config("v1", one));
                Load same = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/same"));
                Load named = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/named"))) {
            Eventually.holds("the load to flow", () -> same.count() > 100 && named.count() > 100);
            for (int i = 0; i < 30; i++) {
                boolean second = i % 2 == 0;
                HttpResponse<String> answer =
                        refresh(gateway, second ? VersionPair.config("v2", two) : VersionPair.config("v1", one));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                Backend expected = second ? two : one;
                long before = expected.requestCount();
                Eventually.holds("the change to be in effect", () -> expected.requestCount() > before);
            }
            LoadReport all = same.stop().assertAllOk(PER_SECOND);
            Figures.print(
                    "30 changes of pairs",
                    "same name: %s; other name: %s",
                    all,
                    named.stop().assertAllOk(PER_SECOND));
        }
    }

    static Stream<Arguments> bad() {
        return Stream.of(
                Arguments.of(
                        "unknown-key",
                        base().with("meridian.uptreams.a.endpoints: x").yaml(),
                        400,
                        "meridian.uptreams.a.endpoints"),
                Arguments.of(
                        "bad-value",
                        base().upstreamOf("bad", "endpoints: [\"ftp://127.0.0.1:1\"]")
                                .yaml(),
                        400,
                        "meridian.upstreams.bad.endpoints[0]"),
                Arguments.of("bad-yaml", base().yaml() + "meridian:\n  a: [1, 2\n  b: 3\n", 503, "cannot be read"),
                Arguments.of(
                        "reject",
                        base().route("/x", "lb://kept")
                                .routeWhen(List.of("Pth=/y"), "lb://kept")
                                .with("meridian.config.on-bad-route: reject")
                                .yaml(),
                        400,
                        "Pth"),
                Arguments.of(
                        "no-routes",
                        GatewayConfig.empty().upstream("kept", plain.url()).yaml(),
                        400,
                        "allow-empty"),
                Arguments.of("empty-file", "", 400, "allow-empty"));
    }

    @RegisterExtension
    static final SharedGateway shared = SharedGateway.of("refresh-bad", base());

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void badConfigurationChangesNothing(String name, String yaml, int status, String says) {
        GatewayProcess gateway = shared.process();
        assertThat(refresh(gateway, base()).statusCode()).isEqualTo(200);
        String snapshot = snapshot(gateway);
        try (Load load = Load.constantRate(gateway.port(), 4, PER_SECOND, Load.get("/kept"))) {
            Eventually.holds("the load to flow", () -> load.count() > 50);
            String before = gateway.get("/actuator/upstreams").body();

            gateway.rewrite(yaml);
            HttpResponse<String> answer = gateway.refresh();

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
            assertThat(answer.body()).contains("Nothing has changed").contains(says);
            assertThat(status(gateway, "/x")).isEqualTo(404);
            assertThat(gateway.get("/actuator/routeconfig").body()).contains("\"last-refresh-refused\"");
            assertThat(snapshot(gateway)).isEqualTo(snapshot);
            assertThat(names(gateway.get("/actuator/upstreams").body())).isEqualTo(names(before));

            HttpResponse<String> good = refresh(gateway, base().route("/x", "lb://kept"));
            assertThat(good.statusCode()).as(good.body()).isEqualTo(200);
            assertThat(status(gateway, "/x")).isEqualTo(200);
            assertThat(gateway.get("/actuator/routeconfig").body()).doesNotContain("last-refresh-refused");
            load.stop().assertAllOk(50);
        }
    }

    private static String snapshot(GatewayProcess gateway) {
        return gateway.get("/actuator/routeconfig").body().replaceAll("(\"snapshot\":\\d+).*", "$1");
    }

    /** Without the figures, which change all the time. */
    private static String names(String upstreams) {
        return upstreams.replaceAll("\\d", "");
    }

    @Test
    void badRouteIsPutInQuarantineAndTheRestComesIntoEffect() {
        GatewayConfig before = base().route("/a", "lb://kept");
        try (GatewayProcess gateway = start("quarantine", before);
                Load load = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/a"))) {
            Eventually.holds("the load to flow", () -> load.count() > 50);

            HttpResponse<String> answer = refresh(
                    gateway,
                    base().routeWhen(List.of("Pth=/a"), "lb://kept")
                            .routeWhen(List.of("Path=/b", "Nonsense=1"), "lb://kept")
                            .route("/c", "lb://kept"));

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body())
                    .contains("\"route\":\"r1\"", "\"last-good-version-serves\":true", "\"route\":\"r2\"");
            assertThat(status(gateway, "/a")).isEqualTo(200);
            assertThat(status(gateway, "/b")).isEqualTo(404);
            assertThat(status(gateway, "/c")).isEqualTo(200);
            assertThat(gateway.get("/actuator/routeconfig").body()).contains("Pth", "Nonsense");

            assertThat(refresh(gateway, before).statusCode()).isEqualTo(200);
            assertThat(gateway.get("/actuator/routeconfig").body()).contains("\"quarantined\":[],\"routes\"");
            load.stopAfter(Duration.ofMillis(300)).assertAllOk(100);
        }
    }

    @Test
    void refreshesWithoutAPauseCostNothing() {
        try (GatewayProcess gateway = start("often", many(0));
                Load load = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/kept"))) {
            load.observe(Duration.ofSeconds(2));
            refreshFor(gateway, Duration.ofSeconds(4)); // warms up, and fills the history
            long heap = gateway.usedHeap();
            long metaspace = gateway.usedMetaspace();
            LoadReport quiet = load.observe(Duration.ofSeconds(3));

            long from = System.nanoTime();
            List<Duration> took = refreshFor(gateway, Duration.ofSeconds(6));
            LoadReport busy = load.soFar().between(from, System.nanoTime());

            load.stop().assertAllOk(PER_SECOND);
            long heapAfter = gateway.usedHeap();
            long metaspaceAfter = gateway.usedMetaspace();
            took.sort(null);
            Figures.print(
                    "refreshes",
                    "%d in 6 s (20 per second asked for), each p50 %s p99 %s; requests meanwhile %s, without %s; heap %d -> %d MB, metaspace %d -> %d kB",
                    took.size(),
                    Figures.millis(took.get(took.size() / 2)),
                    Figures.millis(took.get(took.size() * 99 / 100)),
                    busy,
                    quiet,
                    heap / MEGABYTE,
                    heapAfter / MEGABYTE,
                    metaspace / 1024,
                    metaspaceAfter / 1024);
            assertThat(heapAfter - heap).isLessThan(16 * MEGABYTE);
            assertThat(metaspaceAfter - metaspace).isLessThan(4 * MEGABYTE);
        }
    }

    private static GatewayConfig many(int version) {
        GatewayConfig config = base();
        for (int i = 0; i < 20; i++) {
            config = config.route("/r" + i, "lb://u" + i, "AddRequestHeader=X-Version, " + (i % 5 == 0 ? version : 0))
                    .upstreamWith(
                            "u" + i,
                            "timeout: { response: %ds }".formatted(i % 5 == 0 ? 1 + version % 9 : 1),
                            plain.url());
        }
        return config;
    }

    /** Asks again and again, whether the last one has been answered or not. */
    private static List<Duration> refreshFor(GatewayProcess gateway, Duration time) {
        ExecutorService askers = Executors.newCachedThreadPool();
        try {
            List<Future<Duration>> asked = new ArrayList<>();
            long begin = System.nanoTime();
            for (int version = 1; System.nanoTime() - begin < time.toNanos(); version++) {
                LockSupport.parkNanos(begin + (version - 1) * BETWEEN.toNanos() - System.nanoTime());
                gateway.rewrite(many(version).yaml());
                asked.add(askers.submit(() -> {
                    long from = System.nanoTime();
                    HttpResponse<String> answer = gateway.refresh();
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                    return Duration.ofNanos(System.nanoTime() - from);
                }));
            }
            List<Duration> took = new ArrayList<>();
            for (Future<Duration> each : asked) {
                took.add(each.get(30, TimeUnit.SECONDS));
            }
            return took;
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        } finally {
            askers.shutdownNow();
        }
    }

    @Test
    void endpointThatIsOutStaysOut() {
        try (BackendProcesses backends = BackendProcesses.start("delay=0", "eu-1", "eu-2");
                GatewayProcess gateway = start("health", health(backends, 1));
                Load load = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/a"))) {
            BackendProcess failing = backends.get("eu-2");
            Eventually.holds("both to be used", () -> load.soFar().byBackend().size() == 2);
            failing.set("status=503");
            Eventually.holds("it to be out", () -> Verdicts.in(gateway.log()).out("a", failing.url()));
            failing.set("status=200"); // whoever tried it would find it good again
            load.observe(Duration.ofMillis(200));
            long out = System.nanoTime();

            for (int version = 2; version < 8; version++) {
                assertThat(refresh(gateway, health(backends, version)).statusCode())
                        .isEqualTo(200);
                load.observe(Duration.ofMillis(300));
            }

            LoadReport report = load.stop().between(out, System.nanoTime()).assertAllOk(100);
            assertThat(report.byBackend()).containsOnlyKeys("eu-1");
        }
    }

    private static GatewayConfig health(BackendProcesses backends, int version) {
        return GatewayConfig.empty()
                .route("/a", "lb://a")
                .upstreamOf(
                        "a",
                        "endpoints: %s, timeout: { response: %ds }, outlier-detection: { eject-for: 60s }"
                                .formatted(backends.urls("eu"), version));
    }

    @Test
    void limitsOfAPoolThatChangeTakeEffect() {
        try (Backend slow =
                        Backend.start(Behaviour.after(Duration.ofMillis(400), Behaviour.answer(200, "ok")), KEEPING);
                GatewayProcess gateway = start("pool", limited(slow, 1))) {
            assertThat(status(gateway, "/a")).isEqualTo(200);
            assertThat(atOnce(gateway, 4)).containsExactlyInAnyOrder(200, 503, 503, 503);

            assertThat(refresh(gateway, limited(slow, 3)).statusCode()).isEqualTo(200);
            assertThat(atOnce(gateway, 4)).containsExactlyInAnyOrder(200, 200, 200, 503);

            assertThat(refresh(gateway, limited(slow, 2)).statusCode()).isEqualTo(200);
            assertThat(status(gateway, "/a")).isEqualTo(200);
            LockSupport.parkNanos(Duration.ofMillis(1_200).toNanos()); // what is too much is closed meanwhile
            assertThat(atOnce(gateway, 4)).containsExactlyInAnyOrder(200, 200, 503, 503);
        }
    }

    private static GatewayConfig limited(Backend slow, int connections) {
        return GatewayConfig.empty()
                .route("/a", "lb://a")
                .upstreamWith("a", "pool: { max-connections: %d, max-pending: 0 }".formatted(connections), slow.url());
    }

    private static List<Integer> atOnce(GatewayProcess gateway, int count) {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                clients.add(RawClient.connect(gateway.port()));
            }
            clients.forEach(client -> client.get("/a"));
            return clients.stream()
                    .map(RawClient::readResponse)
                    .map(Response::status)
                    .toList();
        } finally {
            clients.forEach(RawClient::close);
        }
    }
}

package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.backend.BackendProcess;
import dev.meridian.e2e.backend.BackendProcesses;
import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.load.Load;
import dev.meridian.e2e.load.LoadReport;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What fails gets no more requests for a while; others take over, and give back. */
@Execution(ExecutionMode.SAME_THREAD)
class CircuitBreakerIT {

    private static final int THREADS = 8;
    private static final int PER_SECOND = 300;
    private static final int MINIMUM = 10;
    /** Endpoints are not ejected: it is the breaker that is looked at. */
    private static final String BREAKER =
            "outlier-detection: { enabled: false }, ramp: 1s, circuit-breaker: { minimum-calls: " + MINIMUM
                    + ", window: 20, failure-rate: 50%, open-for: 1s, half-open-calls: 2 }";

    @AutoClose
    private static final BackendProcesses backends = BackendProcesses.start("delay=0", "eu-1", "eu-2", "us-1");

    @BeforeEach
    void everybodyIsWell() {
        backends.all().forEach(backend -> backend.set("status=200&delay=0"));
    }

    private static GatewayConfig regions(String name, String settings) {
        return GatewayConfig.empty()
                .route("/" + name, "lb://" + name)
                .upstreamOf(
                        name,
                        "regions: { eu: { priority: 0, endpoints: %s }, us: { priority: 1, endpoints: %s } }, %s"
                                .formatted(backends.urls("eu"), backends.urls("us"), settings));
    }

    private static GatewayProcess start(String name, GatewayConfig config) {
        return GatewayProcess.start("breaker-" + name, config);
    }

    private static Load load(GatewayProcess gateway, String path) {
        Load load = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get(path));
        Eventually.holds("the load to flow", () -> load.count() > 50);
        return load;
    }

    private static void set(String region, String settings) {
        for (BackendProcess backend : backends.region(region)) {
            backend.set(settings);
        }
    }

    @Test
    void regionThatFailsIsLeftAloneAndTakenBackOnceItIsWell() {
        try (GatewayProcess gateway = start("region", regions("a", BREAKER));
                Load load = load(gateway, "/a")) {
            assertThat(load.soFar().share("eu")).isEqualTo(1);

            set("eu", "status=503");
            Eventually.holds("the other region to take over", () -> load.soFar().share("us") > 0.2);
            LoadReport failing = load.observe(Duration.ofSeconds(3));
            long opened = opened(gateway);
            // One in the half-open state is enough to open it again; two may be under way.
            assertThat(failing.failures().size()).isLessThanOrEqualTo((int) (2 * opened + THREADS));
            assertThat(failing.share("us")).isGreaterThan(0.95);
            assertThat(gateway.get("/actuator/upstreams/a").body()).contains("\"circuit-breaker\":{\"state\":\"");
            assertThat(gateway.log()).contains("a: the circuit breaker of eu is open: ");
            int failed = load.soFar().failures().size();
            assertThat(failed).isLessThanOrEqualTo((int) (MINIMUM + THREADS + 2 * opened));

            set("eu", "status=200");
            Eventually.within(
                    Duration.ofSeconds(30),
                    "the region to be taken back",
                    () -> load.observe(Duration.ofMillis(300)).share("eu") > 0.9);
            LoadReport report = load.stop();
            Figures.print(
                    "region answers 503 for 3 s and more",
                    "%d failed answers reached clients (minimum-calls %d), breaker opened %d times; %s",
                    failed,
                    MINIMUM,
                    opened,
                    report);
        }
    }

    private static long opened(GatewayProcess gateway) {
        return gateway.log()
                .lines()
                .filter(line -> line.contains("circuit breaker of eu is open"))
                .count();
    }

    @Test
    void withoutAnotherRegionClientsAreAnsweredAtOnce() {
        GatewayConfig config = GatewayConfig.empty()
                .route("/alone", "lb://alone")
                .upstreamOf("alone", "endpoints: %s, %s".formatted(backends.urls("eu"), BREAKER));
        try (GatewayProcess gateway = start("alone", config);
                Load load = load(gateway, "/alone")) {
            set("eu", "status=500");
            Eventually.holds(
                    "the breaker to open", () -> load.soFar().byStatus().containsKey(503));
            LoadReport open = load.observe(Duration.ofSeconds(3));
            long probes = open.byStatus().getOrDefault(500, 0L);

            assertThat(probes).isLessThanOrEqualTo(MINIMUM);
            assertThat(open.byStatus().get(503)).isGreaterThan(PER_SECOND);
            assertThat(open.percentile(50)).isLessThan(Duration.ofMillis(100));
            Figures.print(
                    "only region answers 500",
                    "503 by the gateway: p50 %s, p99 %s; %d requests in 3 s reached it",
                    Figures.millis(open.percentile(50)),
                    Figures.millis(open.percentile(99)),
                    probes);
            try (RawClient client = RawClient.connect(gateway.port())) {
                Response refused = client.get("/alone").readResponse();
                if (refused.status() == 503) { // it may be one of those that see
                    ProblemAssert.assertThat(refused.answer())
                            .isProblem()
                            .hasProxyError("destination_unavailable")
                            .hasRetryAfter(Duration.ofSeconds(1), Duration.ofSeconds(60));
                }
            }

            set("eu", "status=200");
            Eventually.within(
                    Duration.ofSeconds(30),
                    "the breaker to close",
                    () -> load.observe(Duration.ofMillis(300)).failures().isEmpty());
        }
    }

    @Test
    void slowRegionIsLeftAloneToo() {
        try (GatewayProcess gateway = start(
                        "slow",
                        regions(
                                "slow",
                                BREAKER.replace(
                                        "open-for", "slow-call-duration: 200ms, slow-call-rate: 50%, open-for")));
                Load load = load(gateway, "/slow")) {
            set("eu", "delay=400");
            Eventually.holds(
                    "the other region to take over",
                    () -> load.observe(Duration.ofMillis(300)).share("us") > 0.9);
            load.stop().assertAllOk(50);
        }
    }

    @Test
    void operatorOpensAndClosesItAndARefreshKeepsIt() {
        GatewayConfig config = regions("ordered", BREAKER);
        try (GatewayProcess gateway = start("ordered", config);
                Load load = load(gateway, "/ordered")) {
            HttpResponse<String> answer =
                    gateway.post("/actuator/upstreams/ordered", "{\"region\":\"eu\",\"circuit-breaker\":\"open\"}");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("\"state\":\"forced-open\"");
            assertThat(load.observe(Duration.ofMillis(500)).share("us")).isEqualTo(1);
            assertThat(gateway.post("/actuator/explain", "{\"method\":\"GET\",\"uri\":\"/ordered\"}")
                            .body())
                    .contains("circuit breaker");

            gateway.rewrite(regions("ordered", BREAKER.replace("window: 20", "window: 30"))
                    .yaml());
            assertThat(gateway.refresh().statusCode()).isEqualTo(200);
            assertThat(load.observe(Duration.ofMillis(500)).share("us")).isEqualTo(1);

            assertThat(gateway.post("/actuator/upstreams/ordered", "{\"circuit-breaker\":\"shut\"}")
                            .statusCode())
                    .isEqualTo(400);
            gateway.post("/actuator/upstreams/ordered", "{\"circuit-breaker\":\"closed\"}");
            Eventually.holds(
                    "the region to be taken back",
                    () -> load.observe(Duration.ofMillis(300)).share("eu") > 0.9);
            load.stop().assertAllOk(100);
            assertThat(gateway.metric(
                            "meridian_upstream_breaker_changes_total", "upstream=\"ordered\"", "to=\"closed\""))
                    .isPresent();
        }
    }
}

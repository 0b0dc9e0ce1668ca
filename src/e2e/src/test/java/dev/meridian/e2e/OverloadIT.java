package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.backend.BackendProcess;
import dev.meridian.e2e.backend.BackendProcesses;
import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.e2e.load.Load;
import dev.meridian.e2e.load.LoadReport;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.BackendOptions;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** More than an upstream can take is turned away at once, the least important first; what is let in is served as ever. */
@Execution(ExecutionMode.SAME_THREAD)
class OverloadIT {

    private static final int SLOTS = 16;
    private static final int DELAY = 50;
    /** Requests per second that the weak backend can answer. */
    private static final int CAPACITY = SLOTS * 1_000 / DELAY;

    /** Limits are looked up every five seconds, their figures read once a second. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final Duration OUTAGE = FullLength.minute(Duration.ofSeconds(6));

    private static final String QUICKLY_BACK = "outlier-detection: { eject-for: 1s }, ramp: 1s";

    @AutoClose
    private static final BackendProcesses backends =
            BackendProcesses.start("delay=" + DELAY + "&slots=" + SLOTS, "weak-1", "returning-1", "bare-1");

    @AutoClose
    private static final BackendProcesses strong = BackendProcesses.start("delay=200", "strong-1");

    @AutoClose
    private static final Backend silent = Backend.start(
            Behaviour.byPath(Map.of(
                    "/held", Behaviour.blackHole(),
                    "/streamed", Behaviour.serverSentEvents(Integer.MAX_VALUE, Duration.ofMillis(20)),
                    "/quick", Behaviour.answer(200, "quick"))),
            BackendOptions.defaults().keeping(10));

    private static final GatewayConfig CONFIG = GatewayConfig.empty()
            .with("meridian.access-log.file: access.txt")
            .route("/weak", "lb://weak")
            .route("/returning", "lb://returning")
            .route("/bare", "lb://bare")
            .route("/critical", "lb://strong", "Priority=critical")
            .route("/normal", "lb://strong")
            .routeOf("uri: \"lb://strong\", predicates: [Path=/sheddable], metadata: { priority: sheddable }")
            .route("/{rest}", "lb://silent")
            .upstreamOf(
                    "weak",
                    "endpoints: %s, concurrency: { max-requests: 200, adaptive: true }"
                            .formatted(backends.urls("weak")))
            .upstreamOf(
                    "returning",
                    "endpoints: %s, concurrency: { max-requests: 200, adaptive: true }, %s"
                            .formatted(backends.urls("returning"), QUICKLY_BACK))
            .upstreamOf("bare", "endpoints: %s".formatted(backends.urls("bare")))
            .upstreamOf("strong", "endpoints: %s, concurrency: { max-requests: 20 }".formatted(strong.urls("strong")))
            .upstreamWith("silent", "concurrency: { max-requests: 1000 }", silent.url());

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of("overload", CONFIG);

    @Test
    void threeTimesTheCapacity() {
        LoadReport unloaded;
        try (Load load = Load.constantRate(gateway.port(), 16, CAPACITY / 3, Load.get("/weak"))) {
            load.observe(Duration.ofSeconds(2));
            unloaded = load.stopAfter(Duration.ofSeconds(3));
        }
        try (Load load = Load.constantRate(gateway.port(), 96, 3 * CAPACITY, Load.get("/weak"))) {
            load.observe(Duration.ofSeconds(10));
            LoadReport all = load.observe(Duration.ofSeconds(8));
            load.stop();
            LoadReport admitted = all.withStatus(200);
            LoadReport shed = all.withStatus(503);
            double goodput = admitted.count() / 8.0 / CAPACITY;
            Figures.print(
                    "overload",
                    "capacity %d/s, asked %d/s, goodput %.0f %%; unloaded p50 %s p99 %s; admitted p50 %s p90 %s p99 %s;"
                            + " shed %d, p50 %s p99 %s",
                    CAPACITY,
                    all.count() / 8,
                    100 * goodput,
                    Figures.millis(unloaded.percentile(50)),
                    Figures.millis(unloaded.percentile(99)),
                    Figures.millis(admitted.percentile(50)),
                    Figures.millis(admitted.percentile(90)),
                    Figures.millis(admitted.percentile(99)),
                    shed.count(),
                    Figures.millis(shed.percentile(50)),
                    Figures.millis(shed.percentile(99)));
            assertThat(all.byStatus()).containsOnlyKeys(200, 503);
            assertThat(goodput).isGreaterThan(0.7);
            // How long the whole machine stands still shows in what is only turned away.
            Duration lag = shed.percentile(99);
            assertThat(admitted.percentile(90)).isLessThan(Duration.ofMillis(3 * DELAY));
            assertThat(admitted.percentile(99)).isLessThan(lag.plusMillis(4 * DELAY));
            assertThat(shed.percentile(50)).isLessThan(Duration.ofMillis(10));
        }
        assertNothingUnderWay("weak");
    }

    @Test
    void wholeGateway_limitIsFoundByMeasuring() {
        gateway.process()
                .rewrite(CONFIG.with("meridian.overload: { adaptive: true, max-requests: 200 }")
                        .yaml());
        assertThat(gateway.process().refresh().statusCode()).isEqualTo(200);
        try (Load load = Load.constantRate(gateway.port(), 96, 3 * CAPACITY, Load.get("/bare"))) {
            load.observe(Duration.ofSeconds(10));
            LoadReport all = load.observe(Duration.ofSeconds(6));
            double limit = gateway.process()
                    .metric("meridian_overload_limit", "scope=\"gateway\"")
                    .orElse(-1);
            try (RawClient client = RawClient.connect(gateway.port())) {
                Response refused = client.get("/bare").readResponse();
                if (refused.status() == 503) { // a third is let in
                    ProblemAssert.assertThat(refused.answer())
                            .isProblem()
                            .hasType("urn:meridian:problem:gateway-overloaded");
                }
            }
            load.stop();
            LoadReport admitted = all.withStatus(200);
            double goodput = admitted.count() / 6.0 / CAPACITY;
            Figures.print(
                    "overload of the whole gateway",
                    "capacity %d/s, asked %d/s, limit %.0f, goodput %.0f %%; admitted p50 %s p99 %s; shed p50 %s p99 %s",
                    CAPACITY,
                    all.count() / 6,
                    limit,
                    100 * goodput,
                    Figures.millis(admitted.percentile(50)),
                    Figures.millis(admitted.percentile(99)),
                    Figures.millis(all.withStatus(503).percentile(50)),
                    Figures.millis(all.withStatus(503).percentile(99)));
            assertThat(all.byStatus()).containsOnlyKeys(200, 503);
            assertThat(goodput).isGreaterThan(0.7);
            assertThat(limit).isBetween(1.0 * SLOTS, 4.0 * SLOTS);
            assertThat(admitted.percentile(90)).isLessThan(Duration.ofMillis(3 * DELAY));
            assertThat(shed("gateway", "normal")).isPositive();
            assertThat(gateway.process().readiness()).isEqualTo(200);
        } finally {
            gateway.process().rewrite(CONFIG.yaml());
            gateway.process().refresh();
        }
    }

    @Test
    void whatMattersLeastIsShedFirst() {
        try (Load critical = Load.constantRate(gateway.port(), 2, 10, Load.get("/critical"));
                Load normal = Load.constantRate(gateway.port(), 32, 150, Load.get("/normal"));
                Load sheddable = Load.constantRate(gateway.port(), 32, 150, Load.get("/sheddable"))) {
            LoadReport c = critical.observe(Duration.ofSeconds(5));
            critical.stop();
            LoadReport n = normal.stop();
            LoadReport s = sheddable.stop();
            Figures.print(
                    "priorities",
                    "of 20 at a time: critical %s, normal %s, sheddable %s",
                    c.byStatus(),
                    n.byStatus(),
                    s.byStatus());
            assertThat(c.byStatus()).containsOnlyKeys(200);
            assertThat(servedShare(s)).isLessThan(servedShare(n));
            assertThat(s.byStatus()).containsKey(503);
        }
        assertThat(shed("strong", "critical")).isZero();
        assertThat(shed("strong", "sheddable")).isPositive();
        assertNothingUnderWay("strong");
    }

    @Test
    void backendReturnsWhileClientsHammer() {
        BackendProcess backend = backends.get("returning-1");
        try (Load load = Load.constantRate(gateway.port(), 64, CAPACITY * 3 / 4, Load.get("/returning"))) {
            load.observe(Duration.ofSeconds(2));
            backend.kill();
            load.observe(OUTAGE);
            backend.restart();
            long returned = System.nanoTime();
            LoadReport first = load.observe(Duration.ofSeconds(5));
            long settled = System.nanoTime();
            load.observe(Duration.ofSeconds(4));
            LoadReport after = load.stop().between(settled, System.nanoTime());
            long firstOk = first.withStatus(200).samples().stream()
                    .mapToLong(sample -> sample.startedNanos() - returned)
                    .min()
                    .orElse(-1);
            Figures.print(
                    "recovery",
                    "down for %s, answers again after %s; in the first 5 s %s, p99 of 200s %s; then %s, p99 of 200s %s",
                    OUTAGE,
                    Figures.seconds(firstOk),
                    first.byStatus(),
                    Figures.millis(first.withStatus(200).percentile(99)),
                    after.byStatus(),
                    Figures.millis(after.withStatus(200).percentile(99)));
            // No second outage.
            assertThat(servedShare(after)).isGreaterThan(0.95);
            assertThat(after.withStatus(200).percentile(99)).isLessThan(Duration.ofMillis(4 * DELAY));
        }
        assertNothingUnderWay("returning");
    }

    @Test
    void wholeGateway_limitIsChangedWhileItRuns() {
        List<RawClient> held = new ArrayList<>();
        try {
            gateway.process()
                    .rewrite(CONFIG.with("meridian.overload.max-requests: 5").yaml());
            assertThat(gateway.process().refresh().statusCode()).isEqualTo(200);
            for (int i = 0; i < 5; i++) {
                held.add(RawClient.connect(gateway.port()).get(i % 2 == 0 ? "/held" : "/streamed"));
            }
            Eventually.within(SOON, "five to be under way", () -> active("gateway") == 5);
            try (RawClient client = RawClient.connect(gateway.port())) {
                ProblemAssert.assertThat(client.get("/quick").readResponse().answer())
                        .hasStatus(503)
                        .isProblem()
                        .hasType("urn:meridian:problem:gateway-overloaded")
                        .hasProxyError("proxy_internal_response")
                        .hasRetryAfter(Duration.ofSeconds(1));
            }
            assertThat(gateway.process().readiness()).isEqualTo(200);
            gateway.process()
                    .rewrite(CONFIG.with("meridian.overload.max-requests: 6").yaml());
            assertThat(gateway.process().refresh().statusCode()).isEqualTo(200);
            assertQuick();
            held.forEach(RawClient::close);
            Eventually.within(SOON, "all to be given back", () -> active("gateway") == 0);
        } finally {
            held.forEach(RawClient::close);
            gateway.process().rewrite(CONFIG.yaml());
            gateway.process().refresh();
        }
        assertQuick();
        assertNothingUnderWay("silent");
    }

    @Test
    void upstreamsLimit_isToldByAProblem() {
        List<RawClient> held = new ArrayList<>();
        try {
            gateway.process().rewrite(CONFIG.yaml().replace("max-requests: 1000", "max-requests: 2"));
            assertThat(gateway.process().refresh().statusCode()).isEqualTo(200);
            held.add(RawClient.connect(gateway.port()).get("/held"));
            held.add(RawClient.connect(gateway.port()).get("/held"));
            Eventually.within(SOON, "two to be under way", () -> active("silent") == 2);
            try (RawClient client = RawClient.connect(gateway.port())) {
                ProblemAssert.assertThat(client.get("/quick").readResponse().answer())
                        .hasStatus(503)
                        .isProblem()
                        .hasType("urn:meridian:problem:upstream-overloaded")
                        .hasProxyError("destination_unavailable")
                        .hasRetryAfter(Duration.ofSeconds(1));
            }
        } finally {
            held.forEach(RawClient::close);
            gateway.process().rewrite(CONFIG.yaml());
            gateway.process().refresh();
        }
        assertNothingUnderWay("silent");
        assertQuick();
    }

    private static void assertQuick() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            assertThat(client.get("/quick").readResponse().body().text()).isEqualTo("quick");
        }
    }

    private static double servedShare(LoadReport report) {
        return (double) report.withStatus(200).count() / report.count();
    }

    private static void assertNothingUnderWay(String upstream) {
        Eventually.within(SOON, "nothing to be under way to " + upstream, () -> active(upstream) == 0);
    }

    /** How many are under way to an upstream, or in the whole gateway; -1 where that is not counted (yet). */
    private static double active(String upstream) {
        return gateway.process()
                .metric("meridian_overload_active", tag(upstream))
                .orElse(-1);
    }

    private static String tag(String upstream) {
        return upstream.equals("gateway") ? "scope=\"gateway\"" : "upstream=\"" + upstream + "\"";
    }

    private static double shed(String upstream, String priority) {
        return gateway.process()
                .metric("meridian_overload_shed_total", tag(upstream), "priority=\"" + priority + "\"")
                .orElseThrow();
    }
}

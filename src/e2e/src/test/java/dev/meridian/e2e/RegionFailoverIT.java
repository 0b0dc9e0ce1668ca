package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.backend.BackendProcess;
import dev.meridian.e2e.backend.BackendProcesses;
import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.e2e.load.Load;
import dev.meridian.e2e.load.LoadReport;
import dev.meridian.e2e.load.Sample;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.client.Answer;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A region that is lost is not missed: it is of priority 0, and another one of priority 1 stands in for it. */
@Execution(ExecutionMode.SAME_THREAD)
class RegionFailoverIT {

    private static final String HOME = "eu";
    private static final String OTHER = "us";
    private static final Duration INTERVAL = Duration.ofMillis(500);
    /** A timeout that a busy machine does not reach. */
    private static final String CHECKED =
            "health-check: { path: /healthz, interval: 500ms, timeout: 1s, unhealthy-after: 2 }";

    private static final String SOON_FOUND =
            "health-check: { path: /healthz, interval: 500ms, timeout: 300ms, unhealthy-after: 2 }";
    /** Failures of requests eject what is killed or frozen, besides what is found out otherwise. */
    private static final String EJECTED_BRIEFLY = "outlier-detection: { eject-for: 1s }";

    private static final int RAMP_SECONDS = 10;
    private static final int THREADS = 16;
    private static final int PER_SECOND = 300;
    private static final long SECOND = 1_000_000_000L;
    /** Far above what an answer takes on a busy machine, far below what it takes to find out that nobody answers. */
    private static final Duration NORMAL = Duration.ofMillis(500);

    @AutoClose
    private static final BackendProcesses backends = BackendProcesses.start("delay=0", "eu-1", "eu-2", "us-1", "us-2");

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of("region-failover", config());

    private static GatewayConfig config() {
        GatewayConfig config =
                GatewayConfig.empty().with("meridian.region: " + HOME).with("meridian.access-log.file: access.txt");
        config = add(config, "killed", 1, CHECKED + ", " + EJECTED_BRIEFLY + ", ramp: " + RAMP_SECONDS + "s");
        config = add(config, "shared", 0, EJECTED_BRIEFLY + ", ramp: 1s");
        config = add(config, "frozen", 1, SOON_FOUND + ", " + EJECTED_BRIEFLY + ", ramp: 1s");
        for (String name : List.of("half", "all-down", "panic")) {
            config = add(config, name, 1, CHECKED + ", ramp: 1s");
        }
        return config.route("/states/**", "lb://states").upstreamOf("states", """
                        regions: { eu: { endpoints: %s }, off: { state: off, endpoints: ["%s"] }, \
                        draining: { state: draining, endpoints: ["%s"] } }""".formatted(
                        backends.urls(HOME),
                        backends.get("us-1").url(),
                        backends.get("us-2").url()));
    }

    private static GatewayConfig add(GatewayConfig config, String name, int priority, String settings) {
        return config.route("/" + name, "lb://" + name)
                .upstreamOf(
                        name,
                        "regions: { eu: { priority: 0, endpoints: %s }, us: { priority: %d, endpoints: %s } }, %s"
                                .formatted(backends.urls(HOME), priority, backends.urls(OTHER), settings));
    }

    @BeforeEach
    void everybodyIsWell() {
        backends.all().forEach(BackendProcess::thaw);
        backends.restartKilled();
        backends.all().forEach(backend -> backend.set("health=200&status=200&delay=0"));
        Eventually.within(
                Duration.ofSeconds(30),
                "all endpoints to be available",
                () -> verdicts().allAvailable());
    }

    private static Verdicts verdicts() {
        return Verdicts.in(gateway.process().log());
    }

    /** Until the home region has all of the traffic again. */
    private static void awaitHome(String path) {
        Eventually.within(Duration.ofSeconds(30), "all of " + path + " to go home", () -> {
            try (RawClient client = RawClient.connect(gateway.port())) {
                for (int i = 0; i < 100; i++) {
                    if (!client.get(path).readResponse().body().text().startsWith(HOME)) {
                        return false;
                    }
                }
                return true;
            }
        });
    }

    private static Load gets(String path) {
        return Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get(path));
    }

    private static Load posts(String path) {
        return Load.constantRate(gateway.port(), 4, 50, Load.post(path));
    }

    private static void awaitFlow(Load... loads) {
        for (Load load : loads) {
            Eventually.holds("the load to flow", () -> load.count() > 50);
        }
    }

    private static long kill(String region) {
        long at = System.nanoTime();
        backends.region(region).forEach(BackendProcess::kill);
        return at;
    }

    @Test
    void killedRegionIsNotMissedAndReturnsGently() {
        awaitHome("/killed");
        try (Load gets = gets("/killed");
                Load posts = posts("/killed")) {
            awaitFlow(gets, posts);
            long killed = kill(HOME);
            Eventually.holds("the other region to answer", () -> gets.soFar().share(OTHER) > 0.2);
            LoadReport moved = gets.soFar();
            long last = moved.samples().stream()
                    .filter(sample -> sample.from(HOME))
                    .mapToLong(RegionFailoverIT::ended)
                    .max()
                    .orElse(killed);
            long slowest =
                    moved.between(killed, System.nanoTime()).percentile(100).toMillis();

            backends.restartKilled();
            long back = System.nanoTime();
            Eventually.within(
                    Duration.ofSeconds(RAMP_SECONDS + 10),
                    "the region to have all of its share",
                    () -> lastSecond(gets).share(HOME) > 0.99);
            LoadReport report = gets.stop();
            LoadReport posted = posts.stop();

            Figures.print(
                    "region killed",
                    "moved %s after the kill, slowest GET %d ms; GETs %s; POSTs %s",
                    Figures.seconds(Math.max(0, last - killed)),
                    slowest,
                    report,
                    posted.byStatus());
            report.assertAllOk(10 * PER_SECOND);
            assertThat(last - killed).isLessThan(3 * SECOND);
            assertThat(backends.executedTwice()).isEmpty();
            assertRamped(report, killed, back);
        }
    }

    private static LoadReport lastSecond(Load load) {
        long now = System.nanoTime();
        return load.soFar().between(now - SECOND, now);
    }

    private static long ended(Sample sample) {
        return sample.startedNanos() + sample.nanos();
    }

    /** In no second after its return does it get more than the ramp allows at the end of that second. */
    private static void assertRamped(LoadReport report, long killed, long back) {
        long returned = report.samples().stream()
                .filter(sample -> sample.from(HOME) && sample.startedNanos() - killed > SECOND / 2)
                .mapToLong(Sample::startedNanos)
                .min()
                .orElseThrow();
        List<String> shares = new ArrayList<>();
        for (int second = 0; second < RAMP_SECONDS; second++) {
            LoadReport in = report.between(returned + second * SECOND, returned + (second + 1) * SECOND);
            shares.add("%.0f%%".formatted(100 * in.share(HOME)));
            assertThat(in.share(HOME))
                    .as("share in second %s after its return", second)
                    .isLessThan((second + 1.0) / RAMP_SECONDS + 0.12);
        }
        Figures.print(
                "region returns",
                "first request %s after it was ready, shares in the seconds after that %s",
                Figures.seconds(returned - back),
                shares);
    }

    @Test
    void killedRegionThatIsNotCheckedIsNotMissedEither() {
        try (Load gets = gets("/shared");
                Load posts = posts("/shared")) {
            Eventually.holds("both regions to serve", () -> {
                double share = gets.soFar().share(HOME);
                return gets.count() > 2 * PER_SECOND && share > 0.4 && share < 0.6;
            });
            long killed = kill(HOME);
            LoadReport meanwhile = gets.observe(Duration.ofSeconds(3));
            backends.restartKilled();
            Eventually.within(
                    Duration.ofSeconds(10),
                    "the region to have its share again",
                    () -> lastSecond(gets).share(HOME) > 0.4);
            LoadReport report = gets.stop();
            LoadReport posted = posts.stop();
            long last = meanwhile.samples().stream()
                    .filter(sample -> sample.from(HOME))
                    .mapToLong(RegionFailoverIT::ended)
                    .max()
                    .orElse(killed);
            Figures.print(
                    "region killed, same priority, no checks",
                    "moved %s after the kill, slowest GET after it %s; GETs %s; POSTs %s",
                    Figures.seconds(Math.max(0, last - killed)),
                    Figures.millis(meanwhile.percentile(100)),
                    report,
                    posted.byStatus());
            report.assertAllOk(4 * PER_SECOND);
            assertThat(last - killed).isLessThan(3 * SECOND);
            assertThat(meanwhile.share(OTHER)).isGreaterThan(0.9);
            assertThat(backends.executedTwice()).isEmpty();
        }
    }

    @Test
    void frozenRegionIsLeft() {
        awaitHome("/frozen");
        try (Load gets = gets("/frozen");
                Load posts = posts("/frozen")) {
            awaitFlow(gets, posts);
            long frozen = System.nanoTime();
            backends.region(HOME).forEach(BackendProcess::freeze);
            LoadReport observed = gets.observe(Duration.ofSeconds(8));
            backends.region(HOME).forEach(BackendProcess::thaw);
            LoadReport report = gets.stop();
            LoadReport posted = posts.stop();
            backends.restartKilled(); // what they had received they have acted on by now

            long normal = normalAfter(report, frozen, observed.count());
            Figures.print(
                    "region frozen",
                    "p99 back to normal after %s, slowest GET %s; GETs %s; POSTs %s, acted on twice %s",
                    Figures.seconds(normal),
                    Figures.millis(report.percentile(100)),
                    report,
                    posted.byStatus(),
                    backends.executedTwice());
            report.assertAllOk(4 * PER_SECOND);
            assertThat(normal).isLessThan(6 * SECOND);
            assertThat(backends.executedTwice()).isEmpty();
        }
    }

    /** When the last half second ended whose requests had a p99 that was not normal. */
    private static long normalAfter(LoadReport report, long from, int atLeast) {
        assertThat(atLeast).isGreaterThan(PER_SECOND);
        long normal = 0;
        for (long at = 0; at < 8 * SECOND; at += SECOND / 2) {
            LoadReport window = report.between(from + at, from + at + SECOND / 2);
            boolean slow = window.percentile(99).compareTo(NORMAL) > 0;
            if (slow) {
                normal = window.samples().stream()
                                .filter(sample -> sample.nanos() > NORMAL.toNanos())
                                .mapToLong(RegionFailoverIT::ended)
                                .max()
                                .orElse(from)
                        - from;
            }
        }
        return normal;
    }

    @Test
    void halfARegionKeepsSevenTenths() {
        awaitHome("/half");
        backends.get("eu-2").kill();
        Eventually.holds(
                "the killed one to be out",
                () -> verdicts().out("half", backends.get("eu-2").url()));
        try (Load load = Load.constantRate(gateway.port(), THREADS, 500, Load.get("/half"))) {
            awaitFlow(load);
            LoadReport report = load.observe(Duration.ofSeconds(5));
            Figures.print("half a region", "%.1f%% of %d requests in it", 100 * report.share(HOME), report.count());
            load.stop().assertAllOk(2_000);
            assertThat(report.count()).isGreaterThan(1_500);
            assertThat(report.share(HOME)).isBetween(0.65, 0.75);
            assertThat(report.share("eu-2")).isZero();
        }
    }

    @Test
    void withEverybodyDownItSaysSoAtOnceAndNoticesTheFirstThatReturns() {
        awaitHome("/all-down");
        backends.all().forEach(BackendProcess::kill);
        Eventually.holds("503", () -> answer("/all-down").status() == 503);
        List<Duration> times = new ArrayList<>();
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < 200; i++) {
                long start = System.nanoTime();
                Response response = client.get("/all-down").readResponse();
                times.add(Duration.ofNanos(System.nanoTime() - start));
                ProblemAssert.assertThat(response.answer())
                        .hasStatus(503)
                        .isProblem()
                        .hasProxyError("destination_unavailable")
                        .hasRetryAfter(Duration.ofSeconds(1));
            }
        }
        Duration median = times.stream().sorted().toList().get(times.size() / 2);

        backends.get("us-1").restart();
        long ready = System.nanoTime();
        Eventually.holds("200", () -> answer("/all-down").status() == 200);
        long recovered = System.nanoTime() - ready;
        Figures.print(
                "all down",
                "503 in %s (median), served again after %s",
                Figures.millis(median),
                Figures.seconds(recovered));
        assertThat(median).isLessThan(Duration.ofMillis(100));
        assertThat(recovered).isLessThan(INTERVAL.toNanos() + 3 * SECOND / 2);
    }

    private static Answer answer(String path) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.get(path).readResponse().answer();
        }
    }

    @Test
    void whereNoCheckPassesAllAreUsed() {
        awaitHome("/panic");
        try (Load load = gets("/panic")) {
            awaitFlow(load);
            backends.all().forEach(backend -> backend.set("health=500"));
            Eventually.holds(
                    "all to be out",
                    () -> backends.all().stream().allMatch(backend -> verdicts().out("panic", backend.url())));
            LoadReport report = load.observe(Duration.ofSeconds(2));
            LoadReport all = load.stop();
            Figures.print(
                    "all checks fail",
                    "%s; while all were out %s, by backend %s",
                    all,
                    report.byStatus(),
                    report.byBackend());
            assertThat(report.count()).isGreaterThan(PER_SECOND);
            assertThat(all.failures().size()).isLessThanOrEqualTo(all.count() / 100);
        }
    }

    @Test
    void regionsThatAreOffOrDrainingGetNothing() {
        try (Load load = gets("/states/")) {
            LoadReport report = load.observe(Duration.ofSeconds(1));
            Figures.print("off and draining", "by backend %s", report.byBackend());
            load.stop().assertAllOk(100);
            assertThat(load.soFar().share(HOME)).isEqualTo(1);
        }
    }
}

package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.backend.BackendProcess;
import dev.meridian.e2e.backend.BackendProcesses;
import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.e2e.load.Load;
import dev.meridian.e2e.load.LoadReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Endpoints that fail real requests are taken out, the longer the more often. */
@Execution(ExecutionMode.SAME_THREAD)
class OutlierIT {

    private static final int THREADS = 8;
    private static final int PER_SECOND = 300;
    private static final int FAILURES = 5;
    private static final int FLAPS = 4;
    private static final Duration HALF_FLAP = Duration.ofMillis(2_500);
    private static final Pattern OUT_FOR = Pattern.compile("flapping: \\S+ \\S+ is out, .*out for (\\d+) s");

    @AutoClose
    private static final BackendProcesses backends = BackendProcesses.start("delay=2", "eu-1", "eu-2", "eu-3");

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of(
            "outliers",
            GatewayConfig.empty()
                    .with("meridian.access-log.file: access.txt")
                    .route("/flapping", "lb://flapping")
                    .route("/failing", "lb://failing")
                    .upstreamOf(
                            "flapping",
                            "endpoints: %s, ramp: 1s, outlier-detection: { consecutive-failures: %d, eject-for: 3s }"
                                    .formatted(backends.urls("eu"), FAILURES))
                    .upstreamOf(
                            "failing",
                            "endpoints: %s, balance: least-request, outlier-detection: { consecutive-failures: %d }"
                                    .formatted(backends.urls("eu"), FAILURES)));

    @Test
    void flappingEndpointIsOutForLongerAndLonger() {
        BackendProcess flapping = backends.get("eu-2");
        try (Load load = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/flapping"))) {
            Eventually.holds("the load to flow", () -> load.count() > PER_SECOND);
            for (int i = 0; i < FLAPS; i++) {
                flapping.kill();
                load.observe(HALF_FLAP);
                flapping.restart();
                load.observe(HALF_FLAP);
            }
            LoadReport report = load.stop();
            List<Integer> outFor = OUT_FOR.matcher(gateway.process().log())
                    .results()
                    .map(found -> Integer.valueOf(found.group(1)))
                    .toList();
            Figures.print("flapping", "ejected for %s s; GETs %s; by backend %s", outFor, report, report.byBackend());
            assertThat(report.failures().size()).isLessThanOrEqualTo(report.count() / 1_000);
            assertThat(outFor).hasSizeGreaterThanOrEqualTo(2).isSorted();
            assertThat(outFor.get(outFor.size() - 1)).isGreaterThan(outFor.get(0));
        }
    }

    @Test
    void endpointThatFailsFastIsOutAfterAFew() {
        BackendProcess failing = backends.get("eu-1");
        try (Load load = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/failing"))) {
            Eventually.holds("all to be used", () -> load.soFar().byBackend().size() == 3);
            failing.set("status=503&delay=0");
            Eventually.holds(
                    "it to be out", () -> Verdicts.in(gateway.process().log()).out("failing", failing.url()));
            long out = System.nanoTime();
            load.observe(Duration.ofSeconds(3));
            LoadReport report = load.stop();
            List<String> after = new ArrayList<>(
                    report.between(out, System.nanoTime()).byBackend().keySet());
            Figures.print(
                    "fails fast", "out after %d errors; %s", report.failures().size(), report);
            assertThat(report.byStatus()).containsOnlyKeys(200, 503);
            assertThat(report.failures().size()).isBetween(FAILURES, FAILURES + THREADS);
            assertThat(after).containsExactly("eu-2", "eu-3");
        } finally {
            failing.set("status=200&delay=2");
        }
    }
}

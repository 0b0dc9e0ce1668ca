package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.backend.BackendProcesses;
import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.e2e.load.Load;
import dev.meridian.e2e.load.LoadReport;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A region gets no more than it can take: the next one gets the rest, and what nobody can take is shed. */
@Execution(ExecutionMode.SAME_THREAD)
class CapacityIT {

    private static final int CAPACITY = 100;
    private static final int SMALL = 60;
    private static final Duration OBSERVED = Duration.ofSeconds(4);

    @AutoClose
    private static final BackendProcesses backends = BackendProcesses.start("delay=1", "eu-1", "us-1");

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of(
            "capacity",
            config(
                    "spills",
                    CAPACITY,
                    "",
                    config(
                            "sheds",
                            SMALL,
                            ", capacity: " + SMALL,
                            GatewayConfig.empty().with("meridian.access-log.file: access.txt"))));

    private static GatewayConfig config(String name, int capacity, String second, GatewayConfig before) {
        return before.route("/" + name, "lb://" + name)
                .upstreamOf(
                        name,
                        "regions: { eu: { capacity: %d, endpoints: %s }, us: { priority: 1, endpoints: %s%s } }"
                                .formatted(capacity, backends.urls("eu"), backends.urls("us"), second));
    }

    @Test
    void whatIsOverTheFirstRegionsCapacityGoesToTheSecond() {
        try (Load load = Load.constantRate(gateway.port(), 16, 3 * CAPACITY, Load.get("/spills"))) {
            Eventually.holds("the load to flow", () -> load.count() > CAPACITY);
            LoadReport report = load.observe(OBSERVED);
            double first = rate(report, "eu");
            Figures.print(
                    "over capacity",
                    "%.1f/s in the first region (capacity %d), %.1f/s in the second",
                    first,
                    CAPACITY,
                    rate(report, "us"));
            load.stop().assertAllOk(CAPACITY);
            assertThat(report.count() / (double) OBSERVED.toSeconds())
                    .as("load")
                    .isGreaterThan(2 * CAPACITY);
            assertThat(first).isBetween(0.9 * CAPACITY, 1.1 * CAPACITY);
        }
    }

    private static double rate(LoadReport report, String region) {
        return report.share(region) * report.count() / OBSERVED.toSeconds();
    }

    @Test
    void whatIsOverAllRegionsCapacityIsShed() {
        try (Load load = Load.constantRate(gateway.port(), 16, 5 * SMALL, Load.get("/sheds"))) {
            Eventually.holds("the load to flow", () -> load.count() > CAPACITY);
            awaitShed();
            LoadReport report = load.observe(OBSERVED);
            double served = rate(report, "eu") + rate(report, "us");
            Figures.print(
                    "over every capacity",
                    "%.1f/s served (capacity %d), by status %s, p99 %s",
                    served,
                    2 * SMALL,
                    report.byStatus(),
                    Figures.millis(report.percentile(99)));
            assertThat(load.stop().byStatus()).containsOnlyKeys(200, 503);
            assertThat(served).isBetween(0.9 * 2 * SMALL, 1.1 * 2 * SMALL);
        }
    }

    /** One that is shed says so. */
    private static void awaitShed() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            Eventually.holds("a request to be shed", () -> {
                Response response = client.get("/sheds").readResponse();
                if (response.status() == 200) {
                    return false;
                }
                ProblemAssert.assertThat(response.answer())
                        .hasStatus(503)
                        .isProblem()
                        .hasProxyError("destination_unavailable")
                        .hasRetryAfter(Duration.ofSeconds(1));
                return true;
            });
        }
    }
}

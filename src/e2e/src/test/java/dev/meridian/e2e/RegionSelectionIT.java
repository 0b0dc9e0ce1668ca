package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.backend.BackendProcesses;
import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.e2e.load.Load;
import dev.meridian.e2e.load.LoadReport;
import dev.meridian.testkit.client.RawClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Of several regions of the same priority the right one is taken, and kept. */
@Execution(ExecutionMode.SAME_THREAD)
class RegionSelectionIT {

    private static final long SECOND = 1_000_000_000L;
    private static final int PER_SECOND = 200;
    private static final Duration OBSERVED = Duration.ofSeconds(12);
    private static final String USUAL = "delay=20&noise=8";
    private static final Duration STAYS = Duration.ofSeconds(6);

    @AutoClose
    private static final BackendProcesses backends = BackendProcesses.start(USUAL, "eu-1", "us-1");

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of(
            "region-selection",
            GatewayConfig.empty()
                    .with("meridian.access-log.file: access.txt")
                    .with("meridian.client-address.trusted-proxies: [127.0.0.0/8]")
                    .with("meridian.geo.headers: { latitude: X-Lat, longitude: X-Lon }")
                    .route("/latency", "lb://latency")
                    .route("/geo", "lb://geo")
                    .upstreamOf("latency", """
                            region-selection: latency, ramp: 1s, \
                            health-check: { path: /healthz, interval: 1s, timeout: 1s }, \
                            regions: { eu: { endpoints: %s }, us: { endpoints: %s } }""".formatted(backends.urls("eu"), backends.urls("us")))
                    .upstreamOf("geo", """
                            region-selection: geo, regions: { \
                            eu: { location: { lat: 50.1, lon: 8.7 }, endpoints: %s }, \
                            us: { location: { lat: 39.0, lon: -77.5 }, endpoints: %s } }""".formatted(backends.urls("eu"), backends.urls("us"))));

    @Test
    void fasterRegionIsTakenAndNoiseChangesNothing() {
        try (Load load = Load.constantRate(gateway.port(), 16, PER_SECOND, Load.get("/latency"))) {
            Eventually.holds("the load to flow", () -> load.count() > PER_SECOND);
            long from = System.nanoTime();
            LoadReport noisy = load.observe(OBSERVED);
            List<String> noisyRegions = regions(noisy, from, OBSERVED);
            int switches = switches(noisyRegions);
            String preferred = noisyRegions.get(noisyRegions.size() - 1);
            String other = preferred.equals("eu") ? "us" : "eu";
            Figures.print(
                    "noise of 8%",
                    "%d switches in %d s, by backend %s", switches, OBSERVED.toSeconds(), noisy.byBackend());

            backends.get(preferred + "-1").set("delay=320&noise=0");
            long slow = System.nanoTime();
            Eventually.within(
                    Duration.ofSeconds(20),
                    "the traffic to move",
                    () -> lastSecond(load).share(other) > 0.9);
            long moved = System.nanoTime() - slow;
            long movedFrom = System.nanoTime();
            LoadReport after = load.observe(STAYS);
            Figures.print(
                    "region slow",
                    "nine tenths of a second's traffic elsewhere after %s, then for %d s by backend %s",
                    Figures.seconds(moved),
                    STAYS.toSeconds(),
                    after.byBackend());
            load.stop().assertAllOk((int) OBSERVED.toSeconds() * PER_SECOND / 2);
            assertThat(switches).as("switches between %s", noisyRegions).isLessThanOrEqualTo(1);
            assertThat(moved).isLessThan(10 * SECOND);
            assertThat(regions(after, movedFrom, STAYS)).containsOnly(other);
            assertThat(after.share(other)).isGreaterThan(0.9);
        } finally {
            backends.all().forEach(backend -> backend.set(USUAL));
        }
    }

    private static LoadReport lastSecond(Load load) {
        long now = System.nanoTime();
        return load.soFar().between(now - SECOND, now);
    }

    /** Where most of each second's traffic went. */
    private static List<String> regions(LoadReport report, long from, Duration during) {
        List<String> regions = new ArrayList<>();
        for (int second = 0; second < during.toSeconds(); second++) {
            LoadReport in = report.between(from + second * SECOND, from + (second + 1) * SECOND);
            regions.add(in.share("eu") > 0.5 ? "eu" : "us");
        }
        return regions;
    }

    private static int switches(List<String> regions) {
        int switches = 0;
        for (int i = 1; i < regions.size(); i++) {
            switches += regions.get(i).equals(regions.get(i - 1)) ? 0 : 1;
        }
        return switches;
    }

    @Test
    void nearestRegionToTheClientIsTaken() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < 20; i++) {
                assertThat(answerTo(client, "48.9", "2.4")).as("to Paris").isEqualTo("eu-1");
                assertThat(answerTo(client, "41.9", "-87.6")).as("to Chicago").isEqualTo("us-1");
            }
        }
    }

    private static String answerTo(RawClient client, String lat, String lon) {
        return client.send("GET /geo HTTP/1.1\r\nHost: localhost\r\nX-Lat: " + lat + "\r\nX-Lon: " + lon + "\r\n\r\n")
                .readResponse()
                .body()
                .text();
    }
}

package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.load.LoadReport;
import dev.meridian.testkit.redis.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Four gateways, one Redis, and clients that ask for five times the limit. */
@Execution(ExecutionMode.SAME_THREAD)
class RateLimitFleetIT {

    /** Exact is what Redis has answered: on a machine that is busy with all of them it may take its time. */
    private static final String PATIENT = "--meridian.rate-limit-store.timeout=500ms";

    private static final int GATEWAYS = Integer.getInteger("meridian.fleet.gateways", 2);
    private static final Duration RUN = Duration.ofSeconds(Integer.getInteger("meridian.fleet.seconds", 5));

    @Test
    void noKeyGetsMoreThanItsLimitInAnyWindow() {
        try (RedisServers redis = RedisServers.single();
                RateLimitFleet fleet =
                        new RateLimitFleet("fleet", GATEWAYS, "--spring.data.redis.url=" + redis.url(), PATIENT)) {
            holds(fleet, "/exact");
            holds(fleet, "/synced");
        }
    }

    private static void holds(RateLimitFleet fleet, String path) {
        fleet.load(path);
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        fleet.forget();
        long from = System.currentTimeMillis();
        LockSupport.parkNanos(RUN.toNanos());
        List<LoadReport> reports = fleet.stop();
        long windows = System.currentTimeMillis() / 1000 - from / 1000 + 1;
        long offered = reports.stream().mapToLong(LoadReport::count).sum();
        Figures.print(
                GATEWAYS + " gateways, 1 Redis, " + path,
                "%d requests; most of a key in a window %d of %d, in %d windows %d of %d; p50 %s, p99 %s, slowest %s",
                offered,
                fleet.mostOfAKey(),
                RateLimitFleet.LIMIT,
                windows,
                fleet.mostOfAKeyEver(),
                windows * RateLimitFleet.LIMIT,
                Figures.millis(RateLimitFleet.percentile(reports, 50)),
                Figures.millis(RateLimitFleet.percentile(reports, 99)),
                Figures.millis(RateLimitFleet.slowest(reports)));
        for (LoadReport report : reports) {
            assertThat(report.byStatus()).containsOnlyKeys(200, 429);
        }
        assertThat(fleet.mostOfAKey()).isPositive().isLessThanOrEqualTo(RateLimitFleet.LIMIT);
        assertThat((long) fleet.mostOfAKeyEver()).isLessThanOrEqualTo(windows * RateLimitFleet.LIMIT);
        assertThat(offered).isGreaterThan(windows * 3 * RateLimitFleet.KEYS * RateLimitFleet.LIMIT);
    }
}

package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.load.LoadReport;
import dev.meridian.testkit.redis.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Redis goes and comes under load: the limit holds, and nobody waits for it. */
@Execution(ExecutionMode.SAME_THREAD)
class RateLimitRedisFailureIT {

    private static final Duration PHASE = Duration.ofSeconds(2);
    private static final int PER_WINDOW = RateLimitFleet.KEYS * RateLimitFleet.LIMIT;
    /** Its deadline, and what four gateways and their clients on one small machine need beside. */
    private static final Duration WAIT = Duration.ofMillis(25 + 275);

    private static final Pattern BACK = Pattern.compile("works again");

    @Test
    void redisFails_limitHoldsAndNobodyWaits() throws Exception {
        try (RedisServers redis = RedisServers.single();
                RateLimitFleet fleet =
                        new RateLimitFleet("redis-failure", 2, "--spring.data.redis.url=" + redis.url())) {
            fleet.load("/exact");
            LockSupport.parkNanos(PHASE.toNanos());
            outage(fleet, "killed", redis::stop, redis::restart);
            outage(fleet, "frozen", redis::freeze, redis::thaw);
            outage(
                    fleet,
                    "read-only",
                    () -> redis.command("REPLICAOF", "127.0.0.1", "1"),
                    () -> redis.command("REPLICAOF", "NO", "ONE"));
            redis.command("SET", "filler", "x".repeat(2_000_000));
            outage(
                    fleet,
                    "out of memory",
                    () -> redis.command("CONFIG", "SET", "maxmemory", "1mb"),
                    () -> redis.command("CONFIG", "SET", "maxmemory", "0"));
            for (LoadReport report : fleet.stop()) {
                assertThat(report.byStatus()).containsOnlyKeys(200, 429);
            }
        }
    }

    @Test
    void clusterMasterIsKilled_limitHoldsAndNobodyWaits() throws Exception {
        try (RedisServers redis = RedisServers.clusterWithReplicas();
                RateLimitFleet fleet = new RateLimitFleet(
                        "redis-cluster",
                        2,
                        "--spring.data.redis.cluster.nodes=" + String.join(",", redis.addresses()))) {
            fleet.load("/exact");
            LockSupport.parkNanos(PHASE.toNanos());
            outage(
                    fleet,
                    "a master of the cluster killed",
                    () -> redis.stop(0),
                    () -> Eventually.within(
                            Duration.ofSeconds(20),
                            "the replica to take over",
                            () -> String.valueOf(redis.command(3, "ROLE")).startsWith("[master")));
            for (LoadReport report : fleet.stop()) {
                assertThat(report.byStatus()).containsOnlyKeys(200, 429);
            }
        }
    }

    /** Begins one, has it last, ends it, and looks at what has become of the requests. */
    private static void outage(RateLimitFleet fleet, String what, Action begin, Action end) throws Exception {
        Map<GatewayProcess, Long> before =
                fleet.gateways().stream().collect(Collectors.toMap(each -> each, RateLimitRedisFailureIT::returns));
        fleet.forget();
        long from = System.nanoTime();
        begin.run();
        LockSupport.parkNanos(PHASE.toNanos());
        int most = fleet.mostOfAll();
        long ended = System.nanoTime();
        end.run();
        long there = System.nanoTime();
        Eventually.within(
                Duration.ofSeconds(20),
                "all to count in Redis again",
                () -> fleet.gateways().stream().allMatch(each -> returns(each) > before.getOrDefault(each, 0L)));
        Duration back = Duration.ofNanos(System.nanoTime() - there);
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        int mostOnReturn = fleet.mostOfAll();
        fleet.forget();
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        int mostAfter = fleet.mostOfAKey();
        List<LoadReport> all = fleet.reports().stream()
                .map(report -> report.between(from, there))
                .toList();
        List<LoadReport> later = fleet.reports().stream()
                .map(report -> report.between(from + Duration.ofMillis(500).toNanos(), ended))
                .toList();
        Figures.print(
                "Redis " + what,
                "slowest %s, after half a second p99 %s, slowest %s; most in a window %d of %d while it is gone, %d when it"
                        + " is back, most of a key then %d of %d; all count in it again after %s",
                Figures.millis(RateLimitFleet.slowest(all)),
                Figures.millis(RateLimitFleet.percentile(later, 99)),
                Figures.millis(RateLimitFleet.slowest(later)),
                most,
                PER_WINDOW,
                mostOnReturn,
                mostAfter,
                RateLimitFleet.LIMIT,
                Figures.millis(back));
        assertThat(RateLimitFleet.percentile(all, 99.5)).as(what).isLessThan(WAIT);
        assertThat(most).as(what).isPositive().isLessThanOrEqualTo(PER_WINDOW * 11 / 10);
        assertThat(mostOnReturn).as(what).isLessThanOrEqualTo(PER_WINDOW * 11 / 10);
        assertThat(mostAfter).as(what).isPositive().isLessThanOrEqualTo(RateLimitFleet.LIMIT);
        assertThat(back).as(what).isLessThan(Duration.ofSeconds(4));
    }

    private static long returns(GatewayProcess gateway) {
        return BACK.matcher(gateway.log()).results().count();
    }

    /** Something done to Redis. */
    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }
}

package dev.meridian.routes.upstream;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.DiscoveryDefinition;
import dev.meridian.routes.definition.HealthCheckDefinition;
import dev.meridian.routes.definition.OutlierDetectionDefinition;
import dev.meridian.routes.definition.PoolDefinition;
import dev.meridian.routes.definition.UpstreamDefinition;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Checks the settings of an upstream that have nothing to do with where its endpoints are. */
final class SettingsCheck {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(100);

    private SettingsCheck() {}

    static void check(String path, UpstreamDefinition definition, ConfigProblems problems) {
        pool(path + ".pool", definition.pool(), problems);
        positive(path + ".ramp", definition.ramp(), problems);
        problems.require(
                !definition.resourceMetric().isBlank(),
                path + ".resource-metric",
                definition.resourceMetric(),
                "cpu, memory or the name of a utilisation that endpoints report");
        ResilienceCheck.check(path, definition, problems);
        HealthCheckDefinition healthCheck = definition.healthCheck();
        if (healthCheck != null) {
            healthCheck(path + ".health-check", healthCheck, problems);
        } else {
            // An empty map binds to nothing: no checks would be made although they are written.
            problems.require(
                    !problems.isWritten(path + ".health-check"),
                    path + ".health-check",
                    "{}",
                    "at least one setting, as in {path: /}; or no health-check at all");
        }
        outliers(path + ".outlier-detection", definition.outlierDetection(), problems);
        discovery(path + ".discovery", definition.discovery(), problems);
        definition
                .regions()
                .forEach((name, region) ->
                        discovery(path + ".regions." + name + ".discovery", region.discovery(), problems));
    }

    private static void pool(String path, PoolDefinition pool, ConfigProblems problems) {
        problems.require(pool.maxConnections() > 0, path + ".max-connections", pool.maxConnections(), "1 or more");
        problems.require(pool.maxPending() >= 0, path + ".max-pending", pool.maxPending(), "0 or more");
        positive(path + ".pending-timeout", pool.pendingTimeout(), problems);
        positive(path + ".idle-timeout", pool.idleTimeout(), problems);
        positive(path + ".max-life", pool.maxLife(), problems);
    }

    private static void healthCheck(String path, HealthCheckDefinition check, ConfigProblems problems) {
        problems.require(
                check.path().startsWith("/") && check.path().chars().allMatch(c -> c > ' ' && c < 0x7f),
                path + ".path",
                check.path(),
                "a path like /healthz, in ASCII, without blanks");
        problems.require(
                !check.method().isEmpty() && check.method().chars().allMatch(c -> c >= 'A' && c <= 'Z'),
                path + ".method",
                check.method(),
                "a method like GET or HEAD");
        problems.require(
                !check.expectedStatus().isEmpty(), path + ".expected-status", null, "at least one, as in 200-299");
        check.headers()
                .forEach((name, value) -> problems.require(
                        !name.isEmpty()
                                && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ':')
                                && value.chars().allMatch(c -> c >= ' ' && c != 0x7f),
                        path + ".headers." + name,
                        value,
                        "a field name without blanks and colons, and a value of one line"));
        Integer port = check.port();
        problems.require(port == null || port > 0 && port <= 65535, path + ".port", port, "1 to 65535");
        positive(path + ".timeout", check.timeout(), problems);
        boolean sensible = check.interval().compareTo(LEAST_INTERVAL) >= 0
                && check.interval().compareTo(LONGEST) <= 0;
        problems.require(sensible, path + ".interval", check.interval(), "100ms to 24h");
        problems.require(check.unhealthyAfter() >= 1, path + ".unhealthy-after", check.unhealthyAfter(), "1 or more");
        problems.require(check.healthyAfter() >= 1, path + ".healthy-after", check.healthyAfter(), "1 or more");
    }

    private static void outliers(String path, OutlierDetectionDefinition outliers, ConfigProblems problems) {
        problems.require(
                outliers.consecutiveFailures() >= 1,
                path + ".consecutive-failures",
                outliers.consecutiveFailures(),
                "1 or more");
        problems.require(
                outliers.minimumRequests() >= 1, path + ".minimum-requests", outliers.minimumRequests(), "1 or more");
        problems.require(
                outliers.failureRatio() == null || outliers.failureRatio().fraction() > 0,
                path + ".failure-ratio",
                outliers.failureRatio(),
                "above 0%, as in 50%; or nothing for none");
        positive(path + ".window", outliers.window(), problems);
        positive(path + ".eject-for", outliers.ejectFor(), problems);
        positive(path + ".max-eject-for", outliers.maxEjectFor(), problems);
        problems.require(
                outliers.maxEjectFor().compareTo(SHORTEST) < 0
                        || outliers.maxEjectFor().compareTo(outliers.ejectFor()) >= 0,
                path + ".max-eject-for",
                outliers.maxEjectFor(),
                "not less than eject-for, " + outliers.ejectFor());
    }

    private static void discovery(String path, @Nullable DiscoveryDefinition discovery, ConfigProblems problems) {
        if (discovery != null) {
            String service = discovery.service();
            problems.require(
                    service != null && !service.isBlank(),
                    path + ".service",
                    service,
                    "the name that discovery knows the service by");
            positive(path + ".refresh", discovery.refresh(), problems);
            positive(path + ".keep-for", discovery.keepFor(), problems);
        }
    }

    static void positive(String path, Duration value, ConfigProblems problems) {
        boolean sensible = value.compareTo(SHORTEST) >= 0 && value.compareTo(LONGEST) <= 0;
        problems.require(sensible, path, value, "1ms to 24h, as in 500ms, 2s or 1m");
    }
}

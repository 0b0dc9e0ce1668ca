package dev.meridian.routes.upstream;

import dev.meridian.routes.definition.CircuitBreakerDefinition;
import dev.meridian.routes.definition.ConcurrencyDefinition;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.RetryDefinition;
import dev.meridian.routes.definition.TimeoutDefinition;
import dev.meridian.routes.definition.UpstreamDefinition;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Checks how an upstream's failures are to be met: deadlines, retries, breakers, limits. */
final class ResilienceCheck {

    private static final int MAX_RETRIES = 10;
    private static final int MAX_HALF_OPEN_CALLS = 1_000;
    private static final DataSize MAX_REPLAY = DataSize.ofMegabytes(16);

    private ResilienceCheck() {}

    static void check(String path, UpstreamDefinition definition, ConfigProblems problems) {
        timeout(path + ".timeout", definition.timeout(), problems);
        retry(path + ".retry", definition.retry(), definition.timeout().total(), problems);
        concurrency(path + ".concurrency", definition.concurrency(), problems);
        CircuitBreakerDefinition breaker = definition.circuitBreaker();
        if (breaker != null) {
            breaker(path + ".circuit-breaker", breaker, problems);
        } else {
            // An empty map binds to nothing: there would be none although it is written.
            problems.require(
                    !problems.isWritten(path + ".circuit-breaker"),
                    path + ".circuit-breaker",
                    "{}",
                    "at least one setting, as in {failure-rate: 50%}; or no circuit-breaker at all");
        }
    }

    private static void timeout(String path, TimeoutDefinition timeout, ConfigProblems problems) {
        SettingsCheck.positive(path + ".connect", timeout.connect(), problems);
        Duration tls = timeout.tls();
        if (tls != null) {
            SettingsCheck.positive(path + ".tls", tls, problems);
        }
        SettingsCheck.positive(path + ".response", timeout.response(), problems);
        SettingsCheck.positive(path + ".idle", timeout.idle(), problems);
        Duration total = timeout.total();
        if (total != null) {
            SettingsCheck.positive(path + ".total", total, problems);
        }
    }

    private static void retry(String path, RetryDefinition retry, @Nullable Duration total, ConfigProblems problems) {
        problems.require(
                retry.attempts() >= 0 && retry.attempts() <= MAX_RETRIES,
                path + ".attempts",
                retry.attempts(),
                "0 to " + MAX_RETRIES);
        Duration each = retry.perTryTimeout();
        if (each != null) {
            SettingsCheck.positive(path + ".per-try-timeout", each, problems);
            problems.require(
                    total == null || each.compareTo(total) <= 0,
                    path + ".per-try-timeout",
                    each,
                    "not more than timeout.total, " + total);
        }
        SettingsCheck.positive(path + ".backoff", retry.backoff(), problems);
        SettingsCheck.positive(path + ".max-backoff", retry.maxBackoff(), problems);
        problems.require(
                retry.maxBackoff().compareTo(retry.backoff()) >= 0,
                path + ".max-backoff",
                retry.maxBackoff(),
                "not less than backoff, " + retry.backoff());
        DataSize replay = retry.replayBuffer();
        problems.require(
                replay.toBytes() >= 0 && replay.compareTo(MAX_REPLAY) <= 0,
                path + ".replay-buffer",
                replay,
                "0 to " + MAX_REPLAY.toMegabytes() + "MB");
    }

    private static void concurrency(String path, ConcurrencyDefinition concurrency, ConfigProblems problems) {
        Integer all = concurrency.maxRequests();
        problems.require(all == null || all > 0, path + ".max-requests", all, "1 or more, or nothing for no limit");
        Integer each = concurrency.maxRequestsPerEndpoint();
        problems.require(
                each == null || each > 0,
                path + ".max-requests-per-endpoint",
                each,
                "1 or more, or nothing for no limit");
    }

    private static void breaker(String path, CircuitBreakerDefinition breaker, ConfigProblems problems) {
        problems.require(breaker.minimumCalls() >= 1, path + ".minimum-calls", breaker.minimumCalls(), "1 or more");
        int calls = breaker.window().calls();
        problems.require(
                calls == 0 || breaker.minimumCalls() <= calls,
                path + ".minimum-calls",
                breaker.minimumCalls(),
                "not more than window, " + calls + ", else it never opens");
        problems.require(
                breaker.failureRate().fraction() > 0,
                path + ".failure-rate",
                breaker.failureRate(),
                "above 0%, as in 50%");
        problems.require(
                breaker.slowCallRate().fraction() > 0,
                path + ".slow-call-rate",
                breaker.slowCallRate(),
                "above 0%, as in 80%");
        Duration slow = breaker.slowCallDuration();
        if (slow != null) {
            SettingsCheck.positive(path + ".slow-call-duration", slow, problems);
        }
        SettingsCheck.positive(path + ".open-for", breaker.openFor(), problems);
        SettingsCheck.positive(path + ".max-open-for", breaker.maxOpenFor(), problems);
        problems.require(
                breaker.maxOpenFor().compareTo(breaker.openFor()) >= 0,
                path + ".max-open-for",
                breaker.maxOpenFor(),
                "not less than open-for, " + breaker.openFor());
        problems.require(
                breaker.halfOpenCalls() >= 1 && breaker.halfOpenCalls() <= MAX_HALF_OPEN_CALLS,
                path + ".half-open-calls",
                breaker.halfOpenCalls(),
                "1 to " + MAX_HALF_OPEN_CALLS);
    }
}

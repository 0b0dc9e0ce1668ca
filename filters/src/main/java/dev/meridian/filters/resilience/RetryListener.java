package dev.meridian.filters.resilience;

/** Learns what becomes of requests that could be sent again. Called on event loops: it must not wait. */
@FunctionalInterface
public interface RetryListener {

    void onRetry(String upstream, RetryOutcome outcome);
}

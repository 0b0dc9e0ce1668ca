package dev.meridian.routes.breaker;

import dev.meridian.routes.definition.CircuitBreakerDefinition;
import dev.meridian.routes.definition.StatusRange;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Resilience4j's circuit breaker as the choice of endpoints uses it. While it is closed it is only told how requests went;
 * who is to be used is looked up in {@link #passes()}, a plain read. What was {@linkplain #sent() sent} in one of its
 * states says nothing of another, and is not counted in it. Thread-safe.
 */
public final class Breaker {

    /** Resilience4j asks what went wrong; here it only counts that something did. */
    private static final Exception FAILURE = new Exception("failed", null, false, false) {
        private static final long serialVersionUID = 1L;
    };

    private static final Duration NEVER_SLOW = Duration.ofDays(365);
    private static final double JITTER = 0.1;

    private final String upstream;
    private final String what;
    private final CircuitBreakerDefinition settings;
    private final Clock clock;
    private final RandomGenerator random;
    private final Consumer<BreakerChange> listener;
    private final CircuitBreaker machine;
    private volatile BreakerState seen = BreakerState.CLOSED;
    /** How often it has changed its state. */
    private volatile int epoch;

    private volatile long openUntilMillis;

    Breaker(
            String upstream,
            String what,
            CircuitBreakerDefinition settings,
            Clock clock,
            RandomGenerator random,
            Consumer<BreakerChange> listener) {
        this.upstream = upstream;
        this.what = what;
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.listener = listener;
        this.machine = CircuitBreaker.of(upstream + " " + what, config(settings));
    }

    private CircuitBreakerConfig config(CircuitBreakerDefinition settings) {
        Duration time = settings.window().time();
        Duration slow = settings.slowCallDuration();
        return CircuitBreakerConfig.custom()
                .slidingWindowType(time == null ? SlidingWindowType.COUNT_BASED : SlidingWindowType.TIME_BASED)
                .slidingWindowSize(time == null ? settings.window().calls() : Math.toIntExact(time.toSeconds()))
                .minimumNumberOfCalls(settings.minimumCalls())
                .failureRateThreshold(percent(settings.failureRate().fraction()))
                .slowCallRateThreshold(percent(settings.slowCallRate().fraction()))
                .slowCallDurationThreshold(slow == null ? NEVER_SLOW : slow)
                .permittedNumberOfCallsInHalfOpenState(settings.halfOpenCalls())
                .waitIntervalFunctionInOpenState(this::openMillis)
                .writableStackTraceEnabled(false)
                .clock(clock)
                .build();
    }

    private static float percent(double fraction) {
        return (float) (fraction * 100);
    }

    /** Doubled each time that it opens again without having been closed; gateways do not look all at the same time. */
    private long openMillis(Integer times) {
        double doubled = settings.openFor().toMillis() * Math.pow(2, Math.min(times, 30) - 1.0);
        double most = Math.min(settings.maxOpenFor().toMillis(), doubled);
        long millis = Math.max(1, Math.round(most * (1 - JITTER + 2 * JITTER * random.nextDouble())));
        openUntilMillis = clock.millis() + millis;
        return millis;
    }

    public CircuitBreakerDefinition settings() {
        return settings;
    }

    /** Whether requests are sent as ever. */
    public boolean passes() {
        return seen.passes();
    }

    /** Whether one request may be sent although it does not {@linkplain #passes() pass}: to see how it goes. */
    public boolean tryPass() {
        boolean may = machine.tryAcquirePermission();
        note("its time is over");
        return may;
    }

    /** A request is on its way. */
    public Sent sent() {
        return new Sent();
    }

    /** One request, in the state in which it was sent. Confined to the request. */
    public final class Sent {

        private final int in = epoch;
        private boolean told;

        /** It has begun to be answered, so long after it was sent. */
        public void onResponse(int status, long nanos) {
            if (isFirst()) {
                if (StatusRange.anyContains(settings.statuses(), status)) {
                    machine.onError(nanos, TimeUnit.NANOSECONDS, FAILURE);
                } else {
                    machine.onSuccess(nanos, TimeUnit.NANOSECONDS);
                }
                note("");
            }
        }

        /** It was refused, reset or timed out. */
        public void onFailure() {
            if (isFirst()) {
                machine.onError(0, TimeUnit.NANOSECONDS, FAILURE);
                note("");
            }
        }

        /** It has ended: if nobody has told how it went, nobody will. */
        public void onEnd() {
            if (isFirst()) {
                machine.releasePermission();
            }
        }

        private boolean isFirst() {
            boolean first = !told && in == epoch;
            told = true;
            return first;
        }
    }

    /** How often it has changed its state. */
    public int epoch() {
        return epoch;
    }

    /** An operator's order: {@code FORCED_OPEN}, {@code DISABLED}, or {@code CLOSED} to work as ever. */
    public void order(BreakerState ordered) {
        switch (ordered) {
            case FORCED_OPEN -> machine.transitionToForcedOpenState();
            case DISABLED -> machine.transitionToDisabledState();
            case CLOSED -> machine.transitionToClosedState();
            default -> throw new IllegalArgumentException(ordered.words() + " comes by itself, and is not ordered");
        }
        note("ordered");
    }

    /** Takes over from one with other settings: what is out stays out. */
    void succeed(Breaker before) {
        switch (before.seen) {
            case OPEN, HALF_OPEN -> machine.transitionToOpenState();
            case FORCED_OPEN -> machine.transitionToForcedOpenState();
            case DISABLED -> machine.transitionToDisabledState();
            case CLOSED -> {
                return;
            }
        }
        seen = BreakerState.of(machine.getState());
    }

    /** Without Resilience4j's events: it would make one for each request as soon as anyone listens to any. */
    private void note(String why) {
        if (BreakerState.of(machine.getState()) != seen) {
            change(why);
        }
    }

    private synchronized void change(String why) {
        BreakerState now = BreakerState.of(machine.getState());
        BreakerState before = seen;
        if (now != before) {
            seen = now;
            epoch++;
            listener.accept(new BreakerChange(upstream, what, before, now, why.isEmpty() ? reason(now) : why));
        }
    }

    private String reason(BreakerState now) {
        if (now == BreakerState.CLOSED) {
            return settings.halfOpenCalls() + " requests went well";
        }
        CircuitBreaker.Metrics metrics = machine.getMetrics();
        String failed = String.format(
                Locale.ROOT,
                "%d of %d requests failed",
                metrics.getNumberOfFailedCalls(),
                metrics.getNumberOfBufferedCalls());
        String slow = settings.slowCallDuration() == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        ", %d took longer than %d ms",
                        metrics.getNumberOfSlowCalls(),
                        settings.slowCallDuration().toMillis());
        return failed + slow + String.format(Locale.ROOT, "; open for %.1f s", remainingMillis() / 1000.0);
    }

    private long remainingMillis() {
        return seen == BreakerState.OPEN || machine.getState() == CircuitBreaker.State.OPEN
                ? Math.max(0, openUntilMillis - clock.millis())
                : 0;
    }

    /** How it stands. */
    public BreakerView view() {
        CircuitBreaker.Metrics metrics = machine.getMetrics();
        return new BreakerView(
                seen,
                metrics.getFailureRate(),
                metrics.getSlowCallRate(),
                metrics.getNumberOfBufferedCalls(),
                remainingMillis());
    }
}

package dev.meridian.routes.upstream;

import dev.meridian.routes.definition.ServingState;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway has learnt of one endpoint of one upstream. Outlives changes of the configuration: an endpoint that is
 * known to be broken is not tried anew because a file has changed.
 *
 * <p>Requests write counters and averages, lock-free. The rest is written by one thread, the one that judges.
 */
public final class EndpointState extends Watched {

    private static final Duration LATENCY_DECAY = Duration.ofSeconds(10);

    private final Ewma responseTime = Ewma.peak(LATENCY_DECAY);
    private final Ewma utilisation = Ewma.of(Duration.ofMillis(1));
    private final EndpointHealth health = new EndpointHealth();
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger failuresInRow = new AtomicInteger();
    private final AtomicInteger connectFailuresInRow = new AtomicInteger();
    private volatile @Nullable ServingState ordered;
    private volatile Availability availability = Availability.AVAILABLE;
    private final Ramp ramp = new Ramp();
    private boolean broken;
    private volatile long usedNanos;
    private volatile long windowNanos;

    /** What is held against it. */
    public EndpointHealth health() {
        return health;
    }

    /** Nanoseconds to the first byte; follows a rise at once. */
    public Ewma responseTime() {
        return responseTime;
    }

    /** What it last reported of itself, 0 to 1 or more. */
    public Ewma utilisation() {
        return utilisation;
    }

    /** Requests under way. */
    public int active() {
        return active.get();
    }

    /** Answers and failures since {@link #resetWindow}. */
    public int requests() {
        return requests.get();
    }

    /** Of these, how many failed. */
    public int failures() {
        return failures.get();
    }

    /** Begins to count anew. */
    public void resetWindow(long nowNanos) {
        windowNanos = nowNanos;
        requests.set(0);
        failures.set(0);
    }

    /** When counting began; 0 before the first {@link #resetWindow}. */
    public long windowNanos() {
        return windowNanos;
    }

    /** Failures since the last good answer. */
    public int failuresInRow() {
        return failuresInRow.get();
    }

    /** Of these, the last ones that were refused or timed out connections. */
    public int connectFailuresInRow() {
        return connectFailuresInRow.get();
    }

    public void forgiveFailures() {
        failuresInRow.set(0);
        connectFailuresInRow.set(0);
    }

    void onStart() {
        active.incrementAndGet();
    }

    void onEnd() {
        active.decrementAndGet();
    }

    void onSuccess() {
        requests.incrementAndGet();
        if (failuresInRow.get() != 0) {
            forgiveFailures();
        }
    }

    /** @return how many in a row */
    int onFailure(boolean connect) {
        requests.incrementAndGet();
        failures.incrementAndGet();
        if (connect) {
            connectFailuresInRow.incrementAndGet();
        } else {
            connectFailuresInRow.set(0);
        }
        return failuresInRow.incrementAndGet();
    }

    /** What an operator ordered while the gateway runs; {@code null} for nothing. */
    public @Nullable ServingState ordered() {
        return ordered;
    }

    public void order(@Nullable ServingState state) {
        ordered = state;
    }

    public Availability availability() {
        return availability;
    }

    /** Why it is out, in a few words; empty where it is available. */
    public String reason() {
        return switch (availability) {
            case OFF, DRAINING -> "ordered";
            case EJECTED -> health.reason();
            case UNREACHABLE ->
                health.checked() == EndpointHealth.Checked.FAILING ? health.lastCheck() : health.reason();
            case UNHEALTHY -> health.lastCheck();
            case AVAILABLE -> "";
        };
    }

    /** Notes whether its breaker lets requests pass; when it does again, the endpoint's ramp begins. */
    public void passing(boolean does, long nowNanos) {
        if (does && broken) {
            ramp.begin(nowNanos);
        }
        broken = !does;
    }

    /** Notes the verdict; when the endpoint is available again, its ramp begins. */
    public void availability(Availability verdict, long nowNanos) {
        if (verdict == Availability.AVAILABLE && availability != Availability.AVAILABLE) {
            ramp.begin(nowNanos);
        }
        availability = verdict;
    }

    /** Whether it has been out and does not yet have its whole share again. */
    public boolean returning() {
        return ramp.climbing();
    }

    /** The part of its weight that counts, which grows from a tenth to 1. */
    public double ramp(long rampNanos, long nowNanos) {
        return ramp.climb(rampNanos, nowNanos);
    }

    /** The same for whoever only looks: it ends no ramp, of which the plans do not know yet. */
    public double rampNow(long rampNanos, long nowNanos) {
        return ramp.reached(rampNanos, nowNanos);
    }

    /** When an upstream last had it. */
    long usedNanos() {
        return usedNanos;
    }

    void used(long nowNanos) {
        usedNanos = nowNanos;
    }
}

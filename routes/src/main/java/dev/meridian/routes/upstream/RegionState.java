package dev.meridian.routes.upstream;

import dev.meridian.routes.definition.ServingState;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the gateway has learnt of one region of one upstream. Outlives changes of the configuration. Thread-safe. */
public final class RegionState extends Watched {

    private static final Duration LATENCY_DECAY = Duration.ofSeconds(5);

    private final Ewma responseTime = Ewma.of(LATENCY_DECAY);
    private final Ewma checkTime = Ewma.of(LATENCY_DECAY);
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger turn = new AtomicInteger();
    private final LongAdder requests = new LongAdder();
    private final RequestRate rate = new RequestRate();
    private volatile @Nullable ServingState ordered;
    private volatile boolean out;
    private final Ramp ramp = new Ramp();

    /** Nanoseconds to the first byte of real answers. */
    public Ewma responseTime() {
        return responseTime;
    }

    /** Nanoseconds to the first byte of active checks. */
    public Ewma checkTime() {
        return checkTime;
    }

    /** Requests under way. */
    public int active() {
        return active.get();
    }

    /** Requests sent so far. */
    public long requests() {
        return requests.sum();
    }

    void onStart() {
        active.incrementAndGet();
        requests.increment();
    }

    void onEnd() {
        active.decrementAndGet();
    }

    /** The next turn of round robin; it goes on where it was when the endpoints change. */
    public int nextTurn() {
        return turn.getAndIncrement();
    }

    /** What has been let through of the region's capacity. */
    public RequestRate rate() {
        return rate;
    }

    /** What an operator ordered while the gateway runs; {@code null} where the configuration holds. */
    public @Nullable ServingState ordered() {
        return ordered;
    }

    public void order(@Nullable ServingState state) {
        ordered = state;
    }

    /** Notes whether it can serve at all; when it can again, its ramp begins. */
    public void serving(boolean can, long nowNanos) {
        if (can && out) {
            ramp.begin(nowNanos);
        }
        out = !can;
    }

    /** Whether it has been out and does not yet have its whole share again. */
    public boolean returning() {
        return ramp.climbing();
    }

    /** The part of its share that it takes, which grows from a tenth to 1. */
    public double ramp(long rampNanos, long nowNanos) {
        return ramp.climb(rampNanos, nowNanos);
    }

    /** The same for whoever only looks: it ends no ramp, of which the plans do not know yet. */
    public double rampNow(long rampNanos, long nowNanos) {
        return ramp.reached(rampNanos, nowNanos);
    }
}

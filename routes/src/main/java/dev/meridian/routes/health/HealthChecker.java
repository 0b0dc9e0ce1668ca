package dev.meridian.routes.health;

import dev.meridian.routes.definition.HealthCheckDefinition;
import dev.meridian.routes.definition.StatusRange;
import dev.meridian.routes.upstream.EndpointState;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.Upstream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * Starts the checks that are due. An endpoint is checked as its upstream says; one of an upstream that says nothing only
 * while it takes no connections, once a second, to notice when it does. Confined to one thread.
 */
final class HealthChecker {

    private static final Duration RECONNECT_INTERVAL = Duration.ofSeconds(1);
    /** Of the interval, either way: checks of many endpoints and many gateways must not fall together. */
    private static final double JITTER = 0.1;

    /** A thousand endpoints are not all asked in the same moment, least when the gateway has just begun. */
    private static final int MOST_UNDER_WAY = 256;

    private final AtomicInteger underWay = new AtomicInteger();
    private final Prober prober;
    private final RandomGenerator random;
    private final ProbeSink sink;
    /** By the endpoint's state, which outlives changes of the configuration; gone with it. */
    private final Map<EndpointState, Schedule> schedules = new WeakHashMap<>();

    /** Where results go; called on any thread. */
    interface ProbeSink {
        void onProbe(Upstream upstream, LiveEndpoint endpoint, Probe probe);
    }

    HealthChecker(Prober prober, RandomGenerator random, ProbeSink sink) {
        this.prober = prober;
        this.random = random;
        this.sink = sink;
    }

    /** Starts those that are due, as many as may be under way; the others wait for the next time. */
    void startDue(Collection<Upstream> upstreams, long nowNanos) {
        for (Upstream upstream : upstreams) {
            HealthCheckDefinition check = upstream.settings().healthCheck();
            for (LiveRegion region : upstream.regions()) {
                for (LiveEndpoint endpoint : region.endpoints()) {
                    boolean lost = endpoint.state().health().unreachable();
                    HealthCheckDefinition due = check != null ? check : lost ? reconnect(upstream) : null;
                    if (due != null) {
                        start(upstream, endpoint, due, nowNanos);
                    }
                }
            }
        }
    }

    private void start(Upstream upstream, LiveEndpoint endpoint, HealthCheckDefinition check, long nowNanos) {
        Schedule schedule = schedules.computeIfAbsent(endpoint.state(), state -> new Schedule());
        if (schedule.underWay
                || schedule.known && nowNanos - schedule.nextNanos < 0
                || underWay.get() >= MOST_UNDER_WAY) {
            return;
        }
        schedule.underWay = true;
        underWay.incrementAndGet();
        schedule.known = true;
        double jitter = 1 + JITTER * (2 * random.nextDouble() - 1);
        schedule.nextNanos = nowNanos + (long) (check.interval().toNanos() * jitter);
        prober.probe(endpoint.endpoint(), check, upstream.settings().protocol()).subscribe(probe -> {
            schedule.underWay = false;
            underWay.decrementAndGet();
            sink.onProbe(upstream, endpoint, probe);
        });
    }

    private static HealthCheckDefinition reconnect(Upstream upstream) {
        return new HealthCheckDefinition(
                HealthCheckDefinition.Type.TCP,
                "/",
                "GET",
                List.<StatusRange>of(),
                Map.of(),
                null,
                RECONNECT_INTERVAL,
                upstream.settings().timeout().connect(),
                1,
                1);
    }

    private static final class Schedule {

        private volatile boolean underWay;
        private boolean known;
        private long nextNanos;
    }
}

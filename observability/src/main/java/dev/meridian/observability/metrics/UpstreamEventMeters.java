package dev.meridian.observability.metrics;

import dev.meridian.filters.resilience.RetryListener;
import dev.meridian.filters.resilience.RetryOutcome;
import dev.meridian.routes.breaker.BreakerChange;
import dev.meridian.routes.breaker.BreakerState;
import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.health.HealthListener;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.Upstream;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Counts what becomes of endpoints, and of requests that failed. There is a counter before there is anything to count, so that the first is seen. */
final class UpstreamEventMeters implements HealthListener, RetryListener {

    private static final List<GatewayMeters> ALL = List.of(
            GatewayMeters.UPSTREAM_RETRIES,
            GatewayMeters.UPSTREAM_EJECTIONS,
            GatewayMeters.UPSTREAM_HEALTH_CHECKS,
            GatewayMeters.UPSTREAM_BREAKER_CHANGES,
            GatewayMeters.UPSTREAM_AVAILABILITY_CHANGES);

    private final MeterRegistry registry;

    UpstreamEventMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void onAvailability(
            Upstream upstream, LiveEndpoint endpoint, Availability before, Availability now, String reason) {
        change(upstream.name(), endpoint.regionName(), now).increment();
    }

    @Override
    public void onEjection(Upstream upstream, LiveEndpoint endpoint, String reason) {
        ejection(upstream.name(), endpoint.regionName()).increment();
    }

    @Override
    public void onCheck(Upstream upstream, LiveEndpoint endpoint, boolean passed) {
        check(upstream.name(), passed).increment();
    }

    @Override
    public void onBreaker(BreakerChange change) {
        breaker(change.upstream(), change.now()).increment();
    }

    @Override
    public void onRetry(String upstream, RetryOutcome outcome) {
        retry(upstream, outcome).increment();
    }

    /** Has counters of these upstreams, and of no others. */
    void show(Collection<Upstream> upstreams) {
        for (Upstream upstream : upstreams) {
            String name = upstream.name();
            if (upstream.settings().retry().attempts() > 0) {
                for (RetryOutcome outcome : RetryOutcome.values()) {
                    retry(name, outcome);
                }
            }
            if (upstream.settings().healthCheck() != null) {
                check(name, true);
                check(name, false);
            }
            if (upstream.settings().circuitBreaker() != null) {
                for (BreakerState state : BreakerState.values()) {
                    breaker(name, state);
                }
            }
            for (LiveRegion region : upstream.regions()) {
                ejection(name, region.name());
                for (Availability availability : Availability.values()) {
                    change(name, region.name(), availability);
                }
            }
        }
        Set<String> names = upstreams.stream().map(Upstream::name).collect(Collectors.toSet());
        ALL.forEach(meter -> retain(registry, meter, names));
    }

    /** Removes what was counted of upstreams that are not among these. */
    static void retain(MeterRegistry registry, GatewayMeters meter, Set<String> upstreams) {
        registry.find(meter.getName()).meters().stream()
                .filter(each -> !upstreams.contains(each.getId().getTag(GatewayMeters.Tag.UPSTREAM.asString())))
                .forEach(registry::remove);
    }

    /** An availability as it stands in tags. */
    static String tag(Availability availability) {
        return availability.name().toLowerCase(Locale.ROOT);
    }

    private Counter retry(String upstream, RetryOutcome outcome) {
        return counter(GatewayMeters.UPSTREAM_RETRIES, upstream)
                .tag(GatewayMeters.Tag.OUTCOME.asString(), Spelling.written(outcome))
                .register(registry);
    }

    private Counter check(String upstream, boolean passed) {
        return counter(GatewayMeters.UPSTREAM_HEALTH_CHECKS, upstream)
                .tag(GatewayMeters.Tag.OUTCOME.asString(), passed ? "passed" : "failed")
                .register(registry);
    }

    private Counter breaker(String upstream, BreakerState now) {
        return counter(GatewayMeters.UPSTREAM_BREAKER_CHANGES, upstream)
                .tag(GatewayMeters.Tag.TO.asString(), now.words())
                .register(registry);
    }

    private Counter ejection(String upstream, String region) {
        return counter(GatewayMeters.UPSTREAM_EJECTIONS, upstream)
                .tag(GatewayMeters.Tag.REGION.asString(), region)
                .register(registry);
    }

    private Counter change(String upstream, String region, Availability now) {
        return counter(GatewayMeters.UPSTREAM_AVAILABILITY_CHANGES, upstream)
                .tag(GatewayMeters.Tag.REGION.asString(), region)
                .tag(GatewayMeters.Tag.TO.asString(), tag(now))
                .register(registry);
    }

    private static Counter.Builder counter(GatewayMeters meter, String upstream) {
        return Counter.builder(meter.getName())
                .description(meter.description())
                .tag(GatewayMeters.Tag.UPSTREAM.asString(), upstream);
    }
}

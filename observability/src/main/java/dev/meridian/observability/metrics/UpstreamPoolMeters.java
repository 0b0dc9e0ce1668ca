package dev.meridian.observability.metrics;

import dev.meridian.filters.forward.UpstreamTransport.PoolView;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import reactor.core.scheduler.Scheduler;

/**
 * The connections of each pool. Pools come and go with traffic: which there are is looked up every five seconds, their
 * figures when they are asked for. Thread-safe.
 */
final class UpstreamPoolMeters implements MeterBinder, AutoCloseable {

    /** Hosts may be named by requests; those beyond this number are summed up under {@code other}. */
    static final int MAX_POOLS = 500;

    private final List<Gauges> bound = new CopyOnWriteArrayList<>();
    private final SampledFigures<Collection<PoolView>, String, PoolView> figures;
    /** Those with a gauge; used by one reader at a time. */
    private Set<String> named = Set.of();

    UpstreamPoolMeters(Supplier<Collection<PoolView>> pools, LongSupplier ticker, Scheduler scheduler) {
        this.figures = new SampledFigures<>("connection pools", pools, this::read, this::onRefresh, ticker, scheduler);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bound.add(new Gauges(registry));
        figures.start();
    }

    private void onRefresh(Collection<PoolView> now, Set<String> names) {
        bound.forEach(gauges -> gauges.show(names));
    }

    private Map<String, PoolView> read(Collection<PoolView> now) {
        Set<String> keep = new LinkedHashSet<>();
        for (PoolView pool : now) { // who has a gauge keeps it
            if (named.contains(pool.upstream())) {
                keep.add(pool.upstream());
            }
        }
        for (PoolView pool : now) {
            if (keep.size() < MAX_POOLS) {
                keep.add(pool.upstream());
            }
        }
        Map<String, PoolView> read = new HashMap<>();
        for (PoolView pool : now) {
            String tag = keep.contains(pool.upstream()) ? pool.upstream() : RouteMeters.OTHER;
            read.merge(tag, pool, UpstreamPoolMeters::sum);
        }
        named = keep;
        return read;
    }

    private static PoolView sum(PoolView a, PoolView b) {
        return new PoolView(
                RouteMeters.OTHER, a.connections() + b.connections(), a.idle() + b.idle(), a.pending() + b.pending());
    }

    @Override
    public void close() {
        figures.close();
    }

    /** In one registry. */
    private final class Gauges {

        private final MultiGauge connections;
        private final MultiGauge pending;

        Gauges(MeterRegistry registry) {
            this.connections = gauge(GatewayMeters.UPSTREAM_CONNECTIONS, registry);
            this.pending = gauge(GatewayMeters.UPSTREAM_PENDING, registry);
        }

        private static MultiGauge gauge(GatewayMeters meter, MeterRegistry registry) {
            return MultiGauge.builder(meter.getName())
                    .description(meter.description())
                    .register(registry);
        }

        void show(Set<String> upstreams) {
            List<MultiGauge.Row<?>> connectionRows = new ArrayList<>();
            List<MultiGauge.Row<?>> pendingRows = new ArrayList<>();
            for (String upstream : upstreams) {
                Tags tags = Tags.of(GatewayMeters.Tag.UPSTREAM.asString(), upstream);
                connectionRows.add(row(
                        tags.and(GatewayMeters.Tag.STATE.asString(), "active"),
                        upstream,
                        pool -> Math.max(0, pool.connections() - pool.idle())));
                connectionRows.add(row(tags.and(GatewayMeters.Tag.STATE.asString(), "idle"), upstream, PoolView::idle));
                pendingRows.add(row(tags, upstream, PoolView::pending));
            }
            connections.register(connectionRows);
            pending.register(pendingRows);
        }

        private MultiGauge.Row<?> row(Tags tags, String upstream, ToDoubleFunction<PoolView> of) {
            return MultiGauge.Row.of(tags, () -> figures.get(upstream, of));
        }
    }
}

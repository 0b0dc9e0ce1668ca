package dev.meridian.observability.metrics;

import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.Selector.RegionShare;
import dev.meridian.routes.upstream.Upstream;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import reactor.core.scheduler.Scheduler;

/**
 * How the regions of each upstream are. Which there are is looked up every five seconds, their figures when they are asked
 * for. Thread-safe.
 */
final class UpstreamStateMeters implements MeterBinder, AutoCloseable {

    private final Supplier<Map<String, Long>> discoveryFailures;
    private final Consumer<Collection<Upstream>> onRefresh;
    private final List<Meters> bound = new CopyOnWriteArrayList<>();
    private final SampledFigures<Collection<Upstream>, Key, Figures> figures;

    /**
     * @param upstreams where several have the same name, the last one counts
     * @param discoveryFailures so far, by upstream
     * @param onRefresh told the upstreams whenever they are looked up
     */
    UpstreamStateMeters(
            Supplier<Collection<Upstream>> upstreams,
            Supplier<Map<String, Long>> discoveryFailures,
            Consumer<Collection<Upstream>> onRefresh,
            LongSupplier ticker,
            Scheduler scheduler) {
        this.discoveryFailures = discoveryFailures;
        this.onRefresh = onRefresh;
        this.figures = new SampledFigures<>(
                "upstreams", upstreams, UpstreamStateMeters::read, this::onRefresh, ticker, scheduler);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bound.add(new Meters(registry));
        figures.start();
    }

    private void onRefresh(Collection<Upstream> now, Set<Key> keys) {
        Set<String> names = now.stream().map(Upstream::name).collect(Collectors.toSet());
        bound.forEach(meters -> meters.show(keys, names));
        onRefresh.accept(now);
    }

    private static Map<Key, Figures> read(Collection<Upstream> now) {
        Map<String, Upstream> byName = new HashMap<>();
        now.forEach(upstream -> byName.put(upstream.name(), upstream));
        Map<Key, Figures> read = new HashMap<>();
        for (Upstream upstream : byName.values()) {
            Map<String, Double> shares = upstream.selector().shares().stream()
                    .collect(Collectors.toMap(RegionShare::region, RegionShare::share, Double::sum));
            for (LiveRegion region : upstream.regions()) {
                double share = shares.getOrDefault(region.name(), 0.0);
                read.put(new Key(upstream.name(), region.name()), Figures.of(region, share));
            }
        }
        return read;
    }

    @Override
    public void close() {
        figures.close();
    }

    private record Key(String upstream, String region) {}

    /**
     * Of one region.
     *
     * @param endpoints how many, by the availability's ordinal
     * @param breakersOpen its own and its endpoints'
     */
    private record Figures(double share, int active, int[] endpoints, int breakersOpen) {

        static Figures of(LiveRegion region, double share) {
            int[] endpoints = new int[Availability.values().length];
            region.endpoints()
                    .forEach(endpoint ->
                            endpoints[endpoint.state().availability().ordinal()]++);
            int open = region.state().passes() ? 0 : 1;
            for (LiveEndpoint endpoint : region.endpoints()) {
                open += endpoint.state().passes() ? 0 : 1;
            }
            return new Figures(share, Math.max(0, region.state().active()), endpoints, open);
        }
    }

    /** In one registry. */
    private final class Meters {

        private final MeterRegistry registry;
        private final MultiGauge share;
        private final MultiGauge active;
        private final MultiGauge endpoints;
        private final MultiGauge breakers;

        Meters(MeterRegistry registry) {
            this.registry = registry;
            this.share = gauge(GatewayMeters.UPSTREAM_REGION_SHARE);
            this.active = gauge(GatewayMeters.UPSTREAM_ACTIVE);
            this.endpoints = gauge(GatewayMeters.UPSTREAM_ENDPOINTS);
            this.breakers = gauge(GatewayMeters.UPSTREAM_BREAKERS_OPEN);
        }

        private MultiGauge gauge(GatewayMeters meter) {
            return MultiGauge.builder(meter.getName())
                    .description(meter.description())
                    .register(registry);
        }

        void show(Set<Key> regions, Set<String> upstreams) {
            List<MultiGauge.Row<?>> shareRows = new ArrayList<>();
            List<MultiGauge.Row<?>> activeRows = new ArrayList<>();
            List<MultiGauge.Row<?>> endpointRows = new ArrayList<>();
            List<MultiGauge.Row<?>> breakerRows = new ArrayList<>();
            for (Key key : regions) {
                Tags tags = upstream(key.upstream()).and(GatewayMeters.Tag.REGION.asString(), key.region());
                shareRows.add(row(tags, key, Figures::share));
                activeRows.add(row(tags, key, Figures::active));
                breakerRows.add(row(tags, key, Figures::breakersOpen));
                for (Availability availability : Availability.values()) {
                    endpointRows.add(row(
                            tags.and(GatewayMeters.Tag.STATE.asString(), UpstreamEventMeters.tag(availability)),
                            key,
                            of -> of.endpoints()[availability.ordinal()]));
                }
            }
            share.register(shareRows);
            active.register(activeRows);
            endpoints.register(endpointRows);
            breakers.register(breakerRows);
            showDiscovery(upstreams);
        }

        private void showDiscovery(Set<String> upstreams) {
            for (String upstream : discoveryFailures.get().keySet()) {
                if (upstreams.contains(upstream)) {
                    FunctionCounter.builder(
                                    GatewayMeters.UPSTREAM_DISCOVERY_FAILURES.getName(),
                                    discoveryFailures,
                                    failures -> failures.get().getOrDefault(upstream, 0L))
                            .description(GatewayMeters.UPSTREAM_DISCOVERY_FAILURES.description())
                            .tags(upstream(upstream))
                            .register(registry);
                }
            }
            UpstreamEventMeters.retain(registry, GatewayMeters.UPSTREAM_DISCOVERY_FAILURES, upstreams);
        }

        private static Tags upstream(String name) {
            return Tags.of(GatewayMeters.Tag.UPSTREAM.asString(), name);
        }

        private MultiGauge.Row<?> row(Tags tags, Key key, ToDoubleFunction<Figures> of) {
            return MultiGauge.Row.of(tags, () -> figures.get(key, of));
        }
    }
}

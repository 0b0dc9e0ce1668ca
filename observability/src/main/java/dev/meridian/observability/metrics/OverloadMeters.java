package dev.meridian.observability.metrics;

import dev.meridian.filters.overload.ConcurrencyLimit;
import dev.meridian.filters.overload.OverloadLimits;
import dev.meridian.filters.overload.Priority;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * How many requests are under way where there is a limit, and how many were too many. Which limits there are is looked up
 * every five seconds, their figures when they are asked for. Thread-safe.
 */
final class OverloadMeters implements MeterBinder, AutoCloseable {

    private final OverloadLimits limits;
    private final List<Meters> bound = new CopyOnWriteArrayList<>();
    private final SampledFigures<OverloadLimits, Key, ConcurrencyLimit> figures;

    OverloadMeters(OverloadLimits limits, LongSupplier ticker, Scheduler scheduler) {
        this.limits = limits;
        this.figures = new SampledFigures<>(
                "limits", () -> limits, OverloadMeters::read, (now, keys) -> onRefresh(keys), ticker, scheduler);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bound.add(new Meters(registry));
        figures.start();
    }

    private void onRefresh(Set<Key> keys) {
        bound.forEach(meters -> meters.show(keys));
    }

    private static Map<Key, ConcurrencyLimit> read(OverloadLimits now) {
        Map<Key, ConcurrencyLimit> read = new HashMap<>();
        now.upstreams().forEach((name, limit) -> read.put(new Key(name), limit));
        ConcurrencyLimit gateway = now.gateway();
        if (gateway != null) {
            read.put(Key.GATEWAY, gateway);
        }
        return read;
    }

    @Override
    public void close() {
        figures.close();
    }

    /** @param upstream {@code null} for the whole gateway's */
    private record Key(@Nullable String upstream) {

        static final Key GATEWAY = new Key(null);

        Tags tags() {
            return Tags.of(
                    GatewayMeters.Tag.SCOPE.asString(),
                    upstream == null ? "gateway" : "upstream",
                    GatewayMeters.Tag.UPSTREAM.asString(),
                    upstream == null ? RouteMeters.NONE : upstream);
        }
    }

    /** In one registry. */
    private final class Meters {

        private final MeterRegistry registry;
        private final MultiGauge limit;
        private final MultiGauge active;
        private final Map<Key, List<FunctionCounter>> shed = new HashMap<>();

        Meters(MeterRegistry registry) {
            this.registry = registry;
            this.limit = gauge(GatewayMeters.OVERLOAD_LIMIT);
            this.active = gauge(GatewayMeters.OVERLOAD_ACTIVE);
        }

        private MultiGauge gauge(GatewayMeters meter) {
            return MultiGauge.builder(meter.getName())
                    .description(meter.description())
                    .register(registry);
        }

        synchronized void show(Set<Key> keys) {
            List<MultiGauge.Row<?>> limitRows = new ArrayList<>();
            List<MultiGauge.Row<?>> activeRows = new ArrayList<>();
            for (Key key : keys) {
                limitRows.add(row(key, ConcurrencyLimit::limit));
                activeRows.add(row(key, ConcurrencyLimit::inUse));
                shed.computeIfAbsent(key, this::counters);
            }
            limit.register(limitRows);
            active.register(activeRows);
            shed.entrySet().removeIf(known -> {
                if (keys.contains(known.getKey())) {
                    return false;
                }
                known.getValue().forEach(registry::remove);
                return true;
            });
        }

        private MultiGauge.Row<?> row(Key key, ToDoubleFunction<ConcurrencyLimit> of) {
            return MultiGauge.Row.of(key.tags(), () -> figures.get(key, of));
        }

        private List<FunctionCounter> counters(Key key) {
            List<FunctionCounter> counters = new ArrayList<>();
            for (Priority priority : Priority.values()) {
                counters.add(FunctionCounter.builder(
                                GatewayMeters.OVERLOAD_SHED.getName(), limits, now -> shed(key, now, priority))
                        .description(GatewayMeters.OVERLOAD_SHED.description())
                        .tags(key.tags().and(GatewayMeters.Tag.PRIORITY.asString(), priority.text()))
                        .register(registry));
            }
            return counters;
        }

        private static double shed(Key key, OverloadLimits now, Priority priority) {
            ConcurrencyLimit of = key.upstream() == null ? now.gateway() : now.upstream(key.upstream());
            return of == null ? 0 : of.shed(priority);
        }
    }
}

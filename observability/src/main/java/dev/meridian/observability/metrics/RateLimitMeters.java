package dev.meridian.observability.metrics;

import dev.meridian.filters.ratelimit.RateLimiter;
import dev.meridian.filters.ratelimit.RateLimiter.Outcome;
import dev.meridian.filters.ratelimit.RateLimits;
import dev.meridian.filters.ratelimit.StoreState;
import dev.meridian.routes.definition.Spelling;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
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
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import reactor.core.scheduler.Scheduler;

/**
 * What rate limits say to requests, and how it is with the place where they are counted. Which policies there are is looked
 * up every five seconds, their figures when they are asked for. Thread-safe.
 */
final class RateLimitMeters implements MeterBinder, AutoCloseable {

    private final RateLimits limits;
    private final Supplier<StoreState> store;
    private final List<Meters> bound = new CopyOnWriteArrayList<>();
    private final SampledFigures<RateLimits, String, RateLimiter> figures;

    RateLimitMeters(RateLimits limits, Supplier<StoreState> store, LongSupplier ticker, Scheduler scheduler) {
        this.limits = limits;
        this.store = store;
        this.figures = new SampledFigures<>(
                "rate limits",
                () -> limits,
                RateLimits::all,
                (now, policies) -> onRefresh(policies),
                ticker,
                scheduler);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, GatewayMeters.RATE_LIMIT_STORE_AVAILABLE, state -> state.available() ? 1 : 0);
        gauge(registry, GatewayMeters.RATE_LIMIT_GATEWAYS, StoreState::gateways);
        bound.add(new Meters(registry));
        figures.start();
    }

    private void gauge(MeterRegistry registry, GatewayMeters meter, ToDoubleFunction<StoreState> of) {
        Gauge.builder(meter.getName(), store, now -> of.applyAsDouble(now.get()))
                .description(meter.description())
                .strongReference(true)
                .register(registry);
    }

    private void onRefresh(Set<String> policies) {
        bound.forEach(meters -> meters.show(policies));
    }

    @Override
    public void close() {
        figures.close();
    }

    /** In one registry. */
    private final class Meters {

        private final MeterRegistry registry;
        private final MultiGauge keys;
        private final Map<String, List<FunctionCounter>> requests = new HashMap<>();

        Meters(MeterRegistry registry) {
            this.registry = registry;
            this.keys = MultiGauge.builder(GatewayMeters.RATE_LIMIT_KEYS.getName())
                    .description(GatewayMeters.RATE_LIMIT_KEYS.description())
                    .register(registry);
        }

        synchronized void show(Set<String> policies) {
            List<MultiGauge.Row<?>> rows = new ArrayList<>();
            for (String policy : policies) {
                rows.add(MultiGauge.Row.of(tags(policy), () -> figures.get(policy, RateLimiter::keys)));
                requests.computeIfAbsent(policy, this::counters);
            }
            keys.register(rows);
            requests.entrySet().removeIf(known -> {
                if (policies.contains(known.getKey())) {
                    return false;
                }
                known.getValue().forEach(registry::remove);
                return true;
            });
        }

        private static Tags tags(String policy) {
            return Tags.of(GatewayMeters.Tag.POLICY.asString(), policy);
        }

        private List<FunctionCounter> counters(String policy) {
            List<FunctionCounter> counters = new ArrayList<>();
            for (Outcome outcome : Outcome.values()) {
                String words = Spelling.written(outcome);
                counters.add(FunctionCounter.builder(
                                GatewayMeters.RATE_LIMIT_REQUESTS.getName(),
                                limits,
                                now -> counted(now, policy, outcome))
                        .description(GatewayMeters.RATE_LIMIT_REQUESTS.description())
                        .tags(tags(policy).and(GatewayMeters.Tag.OUTCOME.asString(), words))
                        .register(registry));
            }
            return counters;
        }

        private static double counted(RateLimits now, String policy, Outcome outcome) {
            RateLimiter limiter = now.all().get(policy);
            return limiter == null ? 0 : limiter.counted(outcome);
        }
    }
}

package dev.meridian.observability.config;

import dev.meridian.observability.metrics.GatewayMeters;
import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.load.KeptRouteLocator;
import dev.meridian.routes.refresh.GatewayRefresher;
import dev.meridian.routes.refresh.RefreshOutcome;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/** What has become of configurations. */
final class ConfigMeters implements MeterBinder {

    private final GatewayRefresher refresher;
    private final KeptRouteLocator routes;

    ConfigMeters(GatewayRefresher refresher, KeptRouteLocator routes) {
        this.refresher = refresher;
        this.routes = routes;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        GatewayMeters refreshes = GatewayMeters.CONFIG_REFRESHES;
        for (RefreshOutcome outcome : RefreshOutcome.values()) {
            FunctionCounter.builder(refreshes.getName(), refresher, each -> each.outcomes(outcome))
                    .tag(GatewayMeters.Tag.OUTCOME.asString(), Spelling.written(outcome))
                    .description(refreshes.description())
                    .register(registry);
        }
        gauge(registry, GatewayMeters.CONFIG_SNAPSHOT, refresher, GatewayRefresher::running);
        gauge(
                registry,
                GatewayMeters.CONFIG_ROUTES,
                routes,
                each -> each.definitions().size());
        gauge(
                registry,
                GatewayMeters.CONFIG_QUARANTINED,
                routes,
                each -> each.bad().size());
        gauge(
                registry,
                GatewayMeters.CONFIG_FAILING,
                refresher,
                each -> one(!each.lastFailure().isEmpty()));
        gauge(registry, GatewayMeters.CONFIG_LAST_GOOD, refresher, each -> one(each.startedFromLastGood() != null));
        gauge(registry, GatewayMeters.CONFIG_HELD, refresher, each -> one(each.held() != null));
        gauge(
                registry,
                GatewayMeters.CONFIG_UNSAVED,
                refresher,
                each -> one(!each.notSaved().isEmpty()));
    }

    private static <T> void gauge(MeterRegistry registry, GatewayMeters meter, T of, ToDoubleFunction<T> value) {
        Gauge.builder(meter.getName(), of, value)
                .description(meter.description())
                .register(registry);
    }

    private static int one(boolean yes) {
        return yes ? 1 : 0;
    }
}

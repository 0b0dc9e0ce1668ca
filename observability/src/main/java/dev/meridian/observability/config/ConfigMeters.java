package dev.meridian.observability.config;

import dev.meridian.routes.load.KeptRouteLocator;
import dev.meridian.routes.refresh.GatewayRefresher;
import dev.meridian.routes.refresh.RefreshOutcome;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;

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
        for (RefreshOutcome outcome : RefreshOutcome.values()) {
            FunctionCounter.builder("meridian.config.refreshes", refresher, each -> each.outcomes(outcome))
                    .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                    .description("Refreshes of the configuration, by how they ended")
                    .register(registry);
        }
        Gauge.builder("meridian.config.snapshot", refresher, each -> each.running())
                .description("The number of the configuration in effect, 1 for the one of the start")
                .register(registry);
        Gauge.builder(
                        "meridian.config.routes",
                        routes,
                        each -> each.definitions().size())
                .description("Routes that are configured, those in quarantine too")
                .register(registry);
        Gauge.builder("meridian.config.quarantined", routes, each -> each.bad().size())
                .description("Routes that are bad, and serve in their last good version or not at all")
                .register(registry);
        Gauge.builder("meridian.config.last.good", refresher, each -> each.startedFromLastGood() == null ? 0 : 1)
                .description(
                        "1 while the gateway runs on the last good configuration, since the right one cannot be read")
                .register(registry);
        Gauge.builder("meridian.config.held", refresher, each -> each.held() == null ? 0 : 1)
                .description("1 while a configuration is held after a rollback")
                .register(registry);
        Gauge.builder(
                        "meridian.config.failing",
                        refresher,
                        each -> each.lastFailure().isEmpty() ? 0 : 1)
                .description("1 while the last refresh was refused, or could not read anything")
                .register(registry);
        Gauge.builder(
                        "meridian.config.unsaved",
                        refresher,
                        each -> each.notSaved().isEmpty() ? 0 : 1)
                .description("1 while the configuration in effect could not be saved to disk")
                .register(registry);
    }
}

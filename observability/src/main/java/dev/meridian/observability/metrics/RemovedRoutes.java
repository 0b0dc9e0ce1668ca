package dev.meridian.observability.metrics;

import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.ApplicationListener;

/** Has the meters of removed routes forgotten, whenever the locator says that it has new routes. */
final class RemovedRoutes implements ApplicationListener<RefreshRoutesResultEvent> {

    private static final Logger log = LoggerFactory.getLogger(RemovedRoutes.class);

    private final ExchangeMeters meters;

    RemovedRoutes(ExchangeMeters meters) {
        this.meters = meters;
    }

    @Override
    public void onApplicationEvent(RefreshRoutesResultEvent event) {
        if (event.isSuccess() && event.getSource() instanceof RouteLocator locator) {
            locator.getRoutes()
                    .map(Route::getId)
                    .collect(Collectors.toSet())
                    .subscribe(meters::retain, e -> log.warn("Meters of removed routes are kept", e));
        }
    }
}

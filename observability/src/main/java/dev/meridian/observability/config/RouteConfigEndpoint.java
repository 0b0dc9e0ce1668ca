package dev.meridian.observability.config;

import dev.meridian.routes.load.KeptRouteLocator;
import dev.meridian.routes.refresh.ConfigSnapshot;
import dev.meridian.routes.refresh.GatewayRefresher;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** {@code GET /actuator/routeconfig}: the configuration in effect, what is in quarantine, and what came before. */
@Endpoint(id = "routeconfig")
final class RouteConfigEndpoint {

    private final GatewayRefresher refresher;
    private final KeptRouteLocator routes;

    RouteConfigEndpoint(GatewayRefresher refresher, KeptRouteLocator routes) {
        this.refresher = refresher;
        this.routes = routes;
    }

    @ReadOperation
    Map<String, Object> config() {
        List<ConfigSnapshot> history = refresher.history();
        Map<String, Object> view = new LinkedHashMap<>();
        if (!history.isEmpty()) {
            view.putAll(ConfigViews.snapshot(history.get(0)));
        }
        // As of now: routes may also come and go without a refresh, from a repository or from discovery.
        view.put("routes", routes.definitions().size());
        view.put("quarantined", ConfigViews.quarantined(routes.bad()));
        if (!refresher.lastFailure().isEmpty()) {
            view.put("last-refresh-refused", refresher.lastFailure());
        }
        view.put("history", history.stream().skip(1).map(ConfigViews::snapshot).toList());
        return view;
    }
}

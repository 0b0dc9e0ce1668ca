package dev.meridian.observability.config;

import dev.meridian.routes.load.KeptRouteLocator;
import dev.meridian.routes.refresh.ConfigSnapshot;
import dev.meridian.routes.refresh.GatewayRefresher;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** {@code /actuator/routeconfig}: the configuration in effect, what is in quarantine, what came before, and the way back. */
@Endpoint(id = "routeconfig")
final class RouteConfigEndpoint {

    private final GatewayRefresher refresher;
    private final KeptRouteLocator routes;
    private final RefreshAnswers answers;

    RouteConfigEndpoint(GatewayRefresher refresher, KeptRouteLocator routes, RefreshAnswers answers) {
        this.refresher = refresher;
        this.routes = routes;
        this.answers = answers;
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
        view.putAll(ConfigViews.state(refresher));
        view.put("history", history.stream().skip(1).map(ConfigViews::snapshot).toList());
        return view;
    }

    /**
     * Goes back to a configuration that was in effect, or lets go of one that is held.
     *
     * @param rollback number of the configuration to go back to
     * @param hold {@code false} lets go of the one that is held
     */
    @WriteOperation
    WebEndpointResponse<Map<String, Object>> change(@Nullable Integer rollback, @Nullable Boolean hold) {
        if (rollback != null) {
            return isKept(rollback)
                    ? answers.to(() -> refresher.rollback(rollback))
                    : wrong(
                            WebEndpointResponse.STATUS_NOT_FOUND,
                            "No such configuration",
                            "There is no configuration " + rollback + " to go back to; kept are " + kept());
        }
        if (Boolean.FALSE.equals(hold)) {
            return answers.to(refresher::release);
        }
        return wrong(
                WebEndpointResponse.STATUS_BAD_REQUEST,
                "Nothing to do",
                "Expected {\"rollback\": N} with the number of a configuration, or {\"hold\": false}");
    }

    private boolean isKept(int number) {
        return refresher.history().stream().anyMatch(snapshot -> snapshot.number() == number);
    }

    private List<Integer> kept() {
        return refresher.history().stream().map(ConfigSnapshot::number).toList();
    }

    private static WebEndpointResponse<Map<String, Object>> wrong(int status, String title, String detail) {
        return new WebEndpointResponse<>(RefreshAnswers.problem(title, status, detail), status, RefreshAnswers.PROBLEM);
    }
}

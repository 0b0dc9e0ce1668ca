package dev.meridian.observability.config;

import dev.meridian.routes.archive.StartedFromLastGood;
import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.load.BadRoute;
import dev.meridian.routes.refresh.Change;
import dev.meridian.routes.refresh.ConfigSnapshot;
import dev.meridian.routes.refresh.GatewayRefresher;
import dev.meridian.routes.refresh.Hold;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How configurations are shown. */
final class ConfigViews {

    /** As long as anyone needs to tell one from another. */
    private static final int SHORT = 12;

    private ConfigViews() {}

    static Map<String, Object> snapshot(ConfigSnapshot snapshot) {
        Map<String, Object> view = identity(snapshot);
        view.put("cause", snapshot.cause());
        view.put("sources", snapshot.sources());
        for (Change.How how : Change.How.values()) {
            view.put(Spelling.written(how), changes(snapshot, how));
        }
        view.put("quarantined", quarantined(snapshot.quarantined()));
        return view;
    }

    /** Which one it is. */
    static Map<String, Object> identity(ConfigSnapshot snapshot) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("snapshot", snapshot.number());
        view.put(
                "hash",
                snapshot.hash().substring(0, Math.min(SHORT, snapshot.hash().length())));
        if (!snapshot.version().isEmpty()) {
            view.put("version", snapshot.version());
        }
        view.put("time", snapshot.time().toString());
        return view;
    }

    /** What is to be known beside the configuration in effect: nothing where all is well. */
    static Map<String, Object> state(GatewayRefresher refresher) {
        Map<String, Object> view = new LinkedHashMap<>();
        if (!refresher.lastFailure().isEmpty()) {
            view.put("last-refresh-refused", refresher.lastFailure());
        }
        Hold hold = refresher.held();
        if (hold != null) {
            view.put("held", hold(hold));
        }
        StartedFromLastGood from = refresher.startedFromLastGood();
        if (from != null) {
            view.put("last-good", lastGood(from));
        }
        if (!refresher.notSaved().isEmpty()) {
            view.put("not-saved", refresher.notSaved());
        }
        return view;
    }

    private static Map<String, Object> lastGood(StartedFromLastGood from) {
        return Map.of("saved", from.saved().toString(), "reason", from.reason());
    }

    static Map<String, Object> hold(Hold hold) {
        return Map.of("snapshot", hold.snapshot(), "until", "what is read changes, or hold is released");
    }

    private static List<String> changes(ConfigSnapshot snapshot, Change.How how) {
        return snapshot.changes().stream()
                .filter(change -> change.how() == how)
                .map(change -> change.what() + " " + change.name())
                .toList();
    }

    static List<Map<String, Object>> quarantined(List<BadRoute> bad) {
        return bad.stream()
                .map(route -> Map.<String, Object>of(
                        "route", route.id(),
                        "reason", route.reason(),
                        "last-good-version-serves", route.kept()))
                .toList();
    }
}

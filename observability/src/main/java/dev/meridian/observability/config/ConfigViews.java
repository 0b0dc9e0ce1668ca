package dev.meridian.observability.config;

import dev.meridian.routes.load.BadRoute;
import dev.meridian.routes.refresh.Change;
import dev.meridian.routes.refresh.ConfigSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How configurations are shown. */
final class ConfigViews {

    private ConfigViews() {}

    static Map<String, Object> snapshot(ConfigSnapshot snapshot) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("snapshot", snapshot.number());
        view.put("time", snapshot.time().toString());
        view.put("cause", snapshot.cause());
        view.put("sources", snapshot.sources());
        for (Change.How how : Change.How.values()) {
            view.put(how.name().toLowerCase(Locale.ROOT), changes(snapshot, how));
        }
        view.put("quarantined", quarantined(snapshot.quarantined()));
        return view;
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

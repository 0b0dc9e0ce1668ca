package dev.meridian.routes.canary;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The weighted groups of one configuration's routes. Immutable. */
public final class WeightedGroups {

    private final Map<String, WeightedGroup> byName;

    private WeightedGroups(Map<String, WeightedGroup> byName) {
        this.byName = Map.copyOf(byName);
    }

    /** @param weights in the order of the routes; of two of the same route and group the later one counts, as in stock */
    public static WeightedGroups of(List<RouteWeight> weights) {
        Map<String, Map<String, Integer>> written = new HashMap<>();
        for (RouteWeight each : weights) {
            written.computeIfAbsent(each.group(), name -> new LinkedHashMap<>()).put(each.route(), each.weight());
        }
        Map<String, WeightedGroup> groups = new HashMap<>();
        written.forEach((name, routes) -> {
            if (routes.values().stream().anyMatch(weight -> weight > 0)) {
                groups.put(name, new WeightedGroup(routes));
            }
        });
        return new WeightedGroups(groups);
    }

    @Nullable
    WeightedGroup find(Object name) {
        return byName.get(name);
    }

    Set<String> names() {
        return byName.keySet();
    }
}

package dev.meridian.routes.canary;

import java.util.AbstractMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * Which route one exchange takes in each weighted group. A choice is made when it is first read and then stays; a choice
 * that somebody else has put on the exchange before goes first. Confined to the exchange.
 */
final class ChosenRoutes extends AbstractMap<String, String> {

    private final Canary canary;
    private final WeightedGroups groups;
    private final ServerWebExchange exchange;
    private final @Nullable Map<String, String> given;
    private @Nullable Map<String, String> chosen;
    private @Nullable String newId;

    /** @param given choices that somebody else has made */
    ChosenRoutes(
            Canary canary, WeightedGroups groups, ServerWebExchange exchange, @Nullable Map<String, String> given) {
        this.canary = canary;
        this.groups = groups;
        this.exchange = exchange;
        this.given = given;
    }

    boolean isOf(WeightedGroups others) {
        return groups == others;
    }

    @Nullable
    Map<String, String> given() {
        return given;
    }

    /** The id that was made up for a client without one, if a choice needed it. */
    @Nullable
    String newId() {
        return newId;
    }

    void newId(String id) {
        newId = id;
    }

    @Override
    public @Nullable String get(@Nullable Object group) {
        String there = there(group);
        if (there != null || group == null) {
            return there;
        }
        WeightedGroup found = groups.find(group);
        if (found == null) {
            return null;
        }
        String route = canary.choose((String) group, found, exchange, this);
        put((String) group, route);
        return route;
    }

    private @Nullable String there(@Nullable Object group) {
        String before = chosen == null ? null : chosen.get(group);
        return before != null || given == null || group == null ? before : given.get(group);
    }

    @Override
    public boolean containsKey(@Nullable Object group) {
        return group != null && (groups.find(group) != null || there(group) != null);
    }

    @Override
    public @Nullable String put(String group, String route) {
        Map<String, String> map = chosen;
        if (map == null) {
            map = new HashMap<>(4);
            chosen = map;
        }
        return map.put(group, route);
    }

    /** All of it, which makes all choices. */
    @Override
    public Set<Entry<String, String>> entrySet() {
        Map<String, String> all = new LinkedHashMap<>();
        if (given != null) {
            all.putAll(given);
        }
        for (String group : groups.names()) {
            String route = get(group);
            if (route != null) {
                all.put(group, route);
            }
        }
        if (chosen != null) {
            all.putAll(chosen);
        }
        return Set.copyOf(all.entrySet());
    }
}

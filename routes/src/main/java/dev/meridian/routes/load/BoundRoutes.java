package dev.meridian.routes.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * Routes by what is written of them: where ten thousand are read anew because one has changed, one is bound. Those of the
 * last configuration are remembered, for the next one.
 */
final class BoundRoutes {

    private static volatile Map<List<Object>, RouteDefinition> last = Map.of();

    private final ConfigurationPropertySource source;
    private final Map<List<Object>, RouteDefinition> known = last;
    private final Map<List<Object>, RouteDefinition> next = new HashMap<>();
    /** Of what is below a route there are few different names, and many of each. */
    private final Map<String, String> keys = new HashMap<>();

    BoundRoutes(ConfigurationPropertySource source) {
        this.source = source;
    }

    RouteDefinition get(List<ConfigurationPropertyName> names, Supplier<RouteDefinition> binding) {
        List<Object> written = written(names);
        if (written == null) {
            return binding.get();
        }
        RouteDefinition route = known.get(written);
        RouteDefinition bound = route == null ? binding.get() : route;
        next.put(written, bound);
        return bound;
    }

    /** Keys and values; {@code null} where a placeholder may stand for something else the next time. */
    private @Nullable List<Object> written(List<ConfigurationPropertyName> names) {
        List<Object> written = new ArrayList<>(names.size() * 2);
        for (ConfigurationPropertyName name : names) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            Object value = property == null ? null : property.getValue();
            if (value == null
                    || value instanceof CharSequence text && text.toString().contains("${")) {
                return null;
            }
            String full = name.toString();
            String key = full.substring(
                    full.indexOf(']', RouteBinder.ROUTES.toString().length()));
            written.add(Objects.requireNonNullElse(keys.putIfAbsent(key, key), key));
            written.add(value);
        }
        return written;
    }

    void remember() {
        last = next;
    }
}

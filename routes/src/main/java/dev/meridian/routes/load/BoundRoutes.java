package dev.meridian.routes.load;

import java.lang.ref.WeakReference;
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
import org.springframework.boot.env.PropertySourceInfo;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * Routes by what is written of them: where ten thousand are read anew because one has changed, one is bound. Those of the
 * last configuration are remembered, for the next one.
 */
final class BoundRoutes {

    private static volatile Map<List<Object>, RouteDefinition> last = Map.of();
    private static volatile Whole whole = new Whole(new WeakReference<>(null), List.of());

    private final ConfigurationPropertySource source;
    private final Map<List<Object>, RouteDefinition> known = last;
    private final Map<List<Object>, RouteDefinition> next = new HashMap<>();
    /** Of what is below a route there are few different names, and many of each. */
    private final Map<String, String> keys = new HashMap<>();

    private boolean constant = true;

    /** All routes of a source that never says anything else. */
    private record Whole(WeakReference<Object> source, List<RouteDefinition> routes) {}

    /** The routes of the very same source, {@code null} where it may say something else by now. */
    static @Nullable List<RouteDefinition> same(ConfigurationPropertySource source) {
        Whole known = whole;
        Object underlying = source.getUnderlyingSource();
        return underlying != null && underlying == known.source().get() ? new ArrayList<>(known.routes()) : null;
    }

    BoundRoutes(ConfigurationPropertySource source) {
        this.source = source;
    }

    RouteDefinition get(List<ConfigurationPropertyName> names, Supplier<RouteDefinition> binding) {
        List<Object> written = written(names);
        if (written == null) {
            constant = false;
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

    void remember(List<RouteDefinition> routes) {
        last = next;
        Object underlying = source.getUnderlyingSource();
        if (constant && underlying instanceof PropertySourceInfo info && info.isImmutable()) {
            whole = new Whole(new WeakReference<>(underlying), List.copyOf(routes));
        }
    }
}

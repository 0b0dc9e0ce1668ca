package dev.meridian.routes.load;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.Environment;

/**
 * Binds the routes that are configured, each by itself. Boot looks through all names of all routes for each list in each of
 * them, which takes minutes for ten thousand. The result is the same.
 */
public final class RouteBinder {

    static final ConfigurationPropertyName ROUTES = ConfigurationPropertyName.of(GatewayProperties.PREFIX + ".routes");

    private RouteBinder() {}

    /**
     * The routes, {@code null} where they are better left to Boot: none, or a list that it has something to say about.
     *
     * @throws org.springframework.boot.context.properties.bind.BindException as Boot would
     */
    public static @Nullable List<RouteDefinition> bind(Environment environment) {
        // Boot takes a whole list from the first source that has any of it.
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            List<RouteDefinition> same = BoundRoutes.same(source);
            if (same != null) {
                return same;
            }
            if (source.getConfigurationProperty(ROUTES) != null) {
                return null;
            }
            if (source.containsDescendantOf(ROUTES) == ConfigurationPropertyState.ABSENT) {
                continue;
            }
            if (source instanceof IterableConfigurationPropertySource iterable) {
                TreeMap<Integer, List<ConfigurationPropertyName>> byNumber = grouped(iterable);
                if (byNumber == null) {
                    return null;
                }
                if (!byNumber.isEmpty()) {
                    return bind(environment, iterable, byNumber);
                }
            }
        }
        return null;
    }

    private static @Nullable TreeMap<Integer, List<ConfigurationPropertyName>> grouped(
            IterableConfigurationPropertySource source) {
        TreeMap<Integer, List<ConfigurationPropertyName>> byNumber = new TreeMap<>();
        int at = ROUTES.getNumberOfElements();
        for (ConfigurationPropertyName name : source.filter(ROUTES::isAncestorOf)) {
            if (!name.isNumericIndex(at)) {
                return null;
            }
            byNumber.computeIfAbsent(Integer.valueOf(name.getElement(at, Form.UNIFORM)), i -> new ArrayList<>())
                    .add(name);
        }
        boolean gaps = !byNumber.isEmpty() && byNumber.lastKey() != byNumber.size() - 1;
        return gaps ? null : byNumber;
    }

    private static List<RouteDefinition> bind(
            Environment environment,
            IterableConfigurationPropertySource source,
            TreeMap<Integer, List<ConfigurationPropertyName>> byNumber) {
        PropertySourcesPlaceholdersResolver placeholders = new PropertySourcesPlaceholdersResolver(environment);
        List<RouteDefinition> routes = new ArrayList<>(byNumber.size());
        One one = new One(source);
        Binder binder = new Binder(List.of(one), placeholders);
        BoundRoutes bound = new BoundRoutes(source);
        byNumber.forEach((number, names) -> {
            ConfigurationPropertyName route = ROUTES.append("[" + number + "]");
            routes.add(bound.get(names, () -> {
                one.names = names;
                return binder.bindOrCreate(route.toString(), Bindable.of(RouteDefinition.class));
            }));
        });
        bound.remember(routes);
        return routes;
    }

    /** A source as if it had nothing but one route. */
    private static final class One implements IterableConfigurationPropertySource {

        private final ConfigurationPropertySource all;
        private List<ConfigurationPropertyName> names = List.of();

        One(ConfigurationPropertySource all) {
            this.all = all;
        }

        @Override
        public Stream<ConfigurationPropertyName> stream() {
            return names.stream();
        }

        @Override
        public @Nullable ConfigurationProperty getConfigurationProperty(ConfigurationPropertyName name) {
            return all.getConfigurationProperty(name);
        }

        @Override
        public @Nullable Object getUnderlyingSource() {
            return all.getUnderlyingSource();
        }
    }
}

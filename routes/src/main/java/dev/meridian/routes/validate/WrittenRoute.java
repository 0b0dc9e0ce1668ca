package dev.meridian.routes.validate;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * A route as it stands in the configuration. What does not bind is left out: {@link KeyCheck} has told of it.
 *
 * @param path of the route's properties
 * @param id {@code null} where it has none
 * @param uri {@code null} where there is none, or one that is not to be understood
 * @param uriText as it is written: Spring encodes what has no place in a uri
 * @param predicates that could be read
 * @param whole whether everything could be read
 * @param known what is known of its definition already
 */
record WrittenRoute(
        String path,
        @Nullable String id,
        @Nullable URI uri,
        @Nullable String uriText,
        int order,
        boolean enabled,
        List<Part<PredicateDefinition>> predicates,
        List<Part<FilterDefinition>> filters,
        boolean whole,
        Known known) {

    /** One predicate or filter, and where it stands. */
    record Part<T>(String path, T definition) {}

    /** As a message names it. */
    String title() {
        return id == null ? path.substring(path.lastIndexOf('.') + 1) : id;
    }

    static List<WrittenRoute> read(Environment environment) {
        List<WrittenRoute> routes = new ArrayList<>();
        Source source = Source.of(environment, StockKeys.ROOT + ".routes");
        if (source != null) {
            for (int i : source.indexes(StockKeys.ROOT + ".routes")) {
                routes.add(read(source, StockKeys.ROOT + ".routes[" + i + "]"));
            }
        }
        return routes;
    }

    static List<Part<FilterDefinition>> defaultFilters(Environment environment) {
        List<Part<FilterDefinition>> filters = new ArrayList<>();
        Source source = Source.of(environment, StockKeys.ROOT + ".default-filters");
        if (source != null) {
            source.parts(StockKeys.ROOT + ".default-filters", FilterDefinition.class, filters);
        }
        return filters;
    }

    private static WrittenRoute read(Source source, String path) {
        List<Part<PredicateDefinition>> predicates = new ArrayList<>();
        List<Part<FilterDefinition>> filters = new ArrayList<>();
        boolean whole = source.parts(path + ".predicates", PredicateDefinition.class, predicates);
        whole &= source.parts(path + ".filters", FilterDefinition.class, filters);
        Integer order = source.bind(path + ".order", Integer.class);
        Boolean enabled = source.bind(path + ".enabled", Boolean.class);
        return new WrittenRoute(
                path,
                source.bind(path + ".id", String.class),
                source.bind(path + ".uri", URI.class),
                source.bind(path + ".uri", String.class),
                order == null ? 0 : order,
                enabled == null || enabled,
                predicates,
                filters,
                whole,
                Known.NOTHING);
    }

    /** Where all of them could be read. */
    static List<WrittenRoute> of(List<RouteDefinition> definitions, Function<RouteDefinition, Known> known) {
        List<WrittenRoute> routes = new ArrayList<>(definitions.size());
        for (RouteDefinition definition : definitions) {
            routes.add(of(definition, StockKeys.ROOT + ".routes[" + routes.size() + "]", known.apply(definition)));
        }
        return routes;
    }

    static WrittenRoute of(RouteDefinition definition, String path, Known known) {
        URI uri = definition.getUri();
        return new WrittenRoute(
                path,
                definition.getId(),
                uri,
                uri == null ? null : StringUtils.uriDecode(uri.toString(), StandardCharsets.UTF_8),
                definition.getOrder(),
                definition.isEnabled(),
                parts(path + ".predicates", definition.getPredicates()),
                parts(path + ".filters", definition.getFilters()),
                true,
                known);
    }

    static <T> List<Part<T>> parts(String list, List<T> definitions) {
        List<Part<T>> parts = new ArrayList<>(definitions.size());
        for (T definition : definitions) {
            parts.add(new Part<>(list + "[" + parts.size() + "]", definition));
        }
        return parts;
    }

    /** The source that a list comes from: Boot takes the whole list from the first that has any of it. */
    private static final class Source {

        private final Binder binder;
        /** By the path of a list the numbers that it has. */
        private final Map<String, TreeSet<Integer>> indexes = new HashMap<>();

        private Source(IterableConfigurationPropertySource properties, ConfigurationPropertyName list, Binder binder) {
            this.binder = binder;
            properties.filter(list::isAncestorOf).forEach(name -> {
                for (int i = list.getNumberOfElements(); i < name.getNumberOfElements(); i++) {
                    if (name.isNumericIndex(i)) {
                        indexes.computeIfAbsent(name.chop(i).toString(), key -> new TreeSet<>())
                                .add(Integer.valueOf(name.getElement(i, Form.UNIFORM)));
                    }
                }
            });
        }

        static @Nullable Source of(Environment environment, String list) {
            ConfigurationPropertyName name = ConfigurationPropertyName.of(list);
            for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
                if (source instanceof IterableConfigurationPropertySource iterable
                        && source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
                    return new Source(
                            iterable,
                            name,
                            new Binder(List.of(source), new PropertySourcesPlaceholdersResolver(environment)));
                }
            }
            return null;
        }

        TreeSet<Integer> indexes(String list) {
            return indexes.getOrDefault(list, new TreeSet<>());
        }

        <T> boolean parts(String list, Class<T> type, List<Part<T>> into) {
            boolean whole = true;
            for (int i : indexes(list)) {
                String path = list + "[" + i + "]";
                T bound = bind(path, type);
                if (bound != null) {
                    into.add(new Part<>(path, bound));
                } else {
                    whole = false;
                }
            }
            return whole;
        }

        <T> @Nullable T bind(String path, Class<T> type) {
            try {
                return binder.bind(path, Bindable.of(type)).orElse(null);
            } catch (BindException e) {
                return null;
            }
        }
    }
}

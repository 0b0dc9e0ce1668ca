package dev.meridian.routes.validate;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.definition.StrictBinder;
import dev.meridian.routes.definition.UpstreamDefinition;
import dev.meridian.routes.discovery.KnownServices;
import dev.meridian.routes.load.FastRouteBinding;
import dev.meridian.routes.upstream.Home;
import dev.meridian.routes.upstream.UpstreamCompiler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.IgnoreErrorsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.function.SingletonSupplier;

/**
 * Finds what is wrong with a configuration: with its keys and types, its upstreams and its routes. It changes nothing and
 * asks nobody; all problems are found at once, the first one hides none.
 */
public final class ConfigValidator {

    private static final String MERIDIAN = "meridian";
    private static final ConfigurationPropertyName UPSTREAMS = ConfigurationPropertyName.of("meridian.upstreams");
    /** Where Spring Cloud Gateway looked before 4.3. */
    private static final String FORMER_ROUTES = "spring.cloud.gateway.routes";

    private final List<SettingsRoot> roots;
    private final RouteFactories factories;
    private final KnownServices discovered;
    private final Supplier<Shape> stock;

    /**
     * @param roots what is read under {@code meridian}
     * @param factories what routes are made with
     * @param discovered which services discovery may know
     */
    public ConfigValidator(List<SettingsRoot> roots, RouteFactories factories, KnownServices discovered) {
        this.roots = List.copyOf(roots);
        this.factories = factories;
        this.discovered = discovered;
        this.stock = SingletonSupplier.of(() -> StockKeys.shape(ConfigValidator.class.getClassLoader()));
    }

    /** @param environment that holds the configuration, with origins where they are known */
    public Validation validate(Environment environment) {
        return validate(environment, stock(environment), route -> Known.NOTHING);
    }

    /**
     * The same, where some of it is known already.
     *
     * @param bound what the environment says to Spring Cloud Gateway, {@code null} where it cannot be bound
     * @param known what is known of a route: one that could be made is not made again
     */
    public Validation validate(
            Environment environment, @Nullable GatewayProperties bound, Function<RouteDefinition, Known> known) {
        ConfigProblems errors = new ConfigProblems(environment);
        ConfigProblems tolerated = new ConfigProblems(environment);
        ConfigProblems warnings = new ConfigProblems(environment);
        Map<String, UpstreamDefinition> sound = new LinkedHashMap<>();
        Set<String> upstreams = settings(environment, sound, errors, tolerated);
        List<WrittenRoute> routes =
                bound == null ? WrittenRoute.read(environment) : WrittenRoute.of(bound.getRoutes(), known);
        List<WrittenRoute.Part<FilterDefinition>> defaultFilters = bound == null
                ? WrittenRoute.defaultFilters(environment)
                : WrittenRoute.parts(StockKeys.ROOT + ".default-filters", bound.getDefaultFilters());
        new RouteCheck(factories, errors, tolerated, warnings)
                .check(defaultFilters, routes, upstreams, sound, discovered);
        return new Validation(errors.all(), tolerated.all(), warnings.all());
    }

    /** Keys, values and upstreams, without the routes: where what makes these is missing. */
    static List<ConfigProblem> settings(Environment environment, List<SettingsRoot> roots) {
        ConfigProblems problems = new ConfigProblems(environment);
        ConfigurationService none = new ConfigurationService(
                new DefaultListableBeanFactory(), DefaultConversionService::getSharedInstance, () -> null);
        new ConfigValidator(roots, new RouteFactories(Map.of(), Map.of(), none), new KnownServices(false))
                .settings(environment, new LinkedHashMap<>(), problems, problems);
        return problems.all();
    }

    /** @return the names of the upstreams, sound or not */
    private Set<String> settings(
            Environment environment,
            Map<String, UpstreamDefinition> sound,
            ConfigProblems errors,
            ConfigProblems tolerated) {
        new KeyCheck(environment, errors, errors).check(MERIDIAN, own());
        new KeyCheck(environment, errors, tolerated).check(StockKeys.ROOT, stock.get());
        formerRoutes(tolerated);
        return upstreams(environment, sound, errors);
    }

    /**
     * One route by itself, wherever it comes from.
     *
     * @param upstreams names of those that there are
     */
    Validation validate(RouteDefinition route, Set<String> upstreams, Known known) {
        Environment none = new StandardEnvironment();
        ConfigProblems errors = new ConfigProblems(none);
        ConfigProblems tolerated = new ConfigProblems(none);
        ConfigProblems warnings = new ConfigProblems(none);
        new RouteCheck(factories, errors, tolerated, warnings)
                .check(List.of(), List.of(WrittenRoute.of(route, "route", known)), upstreams, Map.of(), discovered);
        return new Validation(errors.all(), tolerated.all(), warnings.all());
    }

    /** What Spring Cloud Gateway reads, {@code null} where it is not to be bound. */
    public static @Nullable GatewayProperties stock(Environment environment) {
        try {
            GatewayProperties properties = new GatewayProperties();
            Binder.get(environment)
                    .bind(
                            StockKeys.ROOT,
                            Bindable.ofInstance(properties),
                            FastRouteBinding.handler(BindHandler.DEFAULT, environment));
            return properties;
        } catch (BindException e) {
            return null;
        }
    }

    private Shape own() {
        Map<String, Shape> keys = new LinkedHashMap<>();
        for (SettingsRoot root : roots) {
            root.keys().forEach(key -> keys.put(key, Shape.ANY));
            Class<? extends Record> type = root.type();
            if (type != null) {
                keys.putAll(Shape.components(type));
            }
        }
        return Shape.group(keys);
    }

    private static void formerRoutes(ConfigProblems errors) {
        if (errors.isWritten(FORMER_ROUTES + "[0].uri") || errors.isWritten(FORMER_ROUTES + "[0].id")) {
            errors.add(
                    FORMER_ROUTES,
                    null,
                    "routes under " + StockKeys.ROOT
                            + ".routes: this is where they stood before Spring Cloud Gateway 4.3,"
                            + " and it is read no more",
                    StockKeys.ROOT + ".routes");
        }
    }

    /** One by one, so that one that does not bind keeps no other from being looked at. */
    private static Set<String> upstreams(
            Environment environment, Map<String, UpstreamDefinition> definitions, ConfigProblems errors) {
        Binder binder = StrictBinder.binder(environment, MERIDIAN);
        Map<String, ConfigurationPropertyName> names = names(environment);
        // What does not bind counts as not written: its keys have been told of, and the rest is still to be looked at.
        BindHandler lenient = new IgnoreErrorsBindHandler();
        names.forEach((name, path) -> binder.bind(path, Bindable.of(UpstreamDefinition.class), lenient)
                .ifBound(definition -> definitions.put(name, definition)));
        new UpstreamCompiler(Home.UNKNOWN).compile(definitions, errors);
        return names.keySet();
    }

    static Map<String, ConfigurationPropertyName> names(Environment environment) {
        int depth = UPSTREAMS.getNumberOfElements();
        Map<String, ConfigurationPropertyName> names = new LinkedHashMap<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable) {
                iterable.filter(UPSTREAMS::isAncestorOf)
                        .forEach(
                                name -> names.putIfAbsent(name.getElement(depth, Form.ORIGINAL), name.chop(depth + 1)));
            }
        }
        return names;
    }
}

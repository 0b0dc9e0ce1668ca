package dev.meridian.routes.load;

import dev.meridian.routes.regex.Backtracking.Verdict;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;

/** Makes a route of its definition, as the stock locator does; one that cannot be made is an error. Thread-safe. */
public final class RouteFactory {

    private final RouteDefinitionRouteLocator stock;
    private final GatewayProperties properties;
    private volatile List<FilterDefinition> defaults;
    private volatile Flux<RouteDefinition> asked = Flux.empty();

    public RouteFactory(
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters,
            GatewayProperties properties,
            ConfigurationService binding) {
        this.properties = properties;
        this.defaults = properties.getDefaultFilters();
        this.stock = new RouteDefinitionRouteLocator(
                () -> Flux.defer(() -> asked), predicates, filters, new Strict(), binding);
    }

    /**
     * @throws RuntimeException that says what is wrong with the definition
     */
    public synchronized Route make(RouteDefinition definition, List<FilterDefinition> defaultFilters) {
        refuse(definition, defaultFilters);
        defaults = defaultFilters;
        asked = Flux.just(definition);
        Route[] made = new Route[1];
        Throwable[] error = new Throwable[1];
        // Nothing in it waits for anything: it is all there when subscribe returns.
        stock.getRoutes().subscribe(route -> made[0] = route, e -> error[0] = e);
        if (error[0] != null) {
            throw Exceptions.propagate(error[0]);
        }
        if (made[0] == null) {
            throw new IllegalStateException("Route " + definition.getId() + " was not made at once");
        }
        return made[0];
    }

    /** Before anything looks at them: once the stock locator has them, expressions are evaluated. */
    private static void refuse(RouteDefinition definition, List<FilterDefinition> defaultFilters) {
        definition.getPredicates().forEach(each -> refuse("Predicate", each.getName(), each.getArgs(), true));
        definition.getFilters().forEach(each -> refuse("Filter", each.getName(), each.getArgs(), false));
        defaultFilters.forEach(each -> refuse("Default filter", each.getName(), each.getArgs(), false));
    }

    private static void refuse(String kind, @Nullable String name, Map<String, String> args, boolean whole) {
        args.values().forEach(value -> {
            String expected = Expressions.isRefused(value)
                    ? Expressions.EXPECTED
                    : Regexes.verdict(value, whole) == Verdict.EXPONENTIAL ? Regexes.EXPECTED : null;
            if (expected != null) {
                throw new IllegalArgumentException(
                        kind + " " + name + ": " + value.trim() + " (expected: " + expected + ")");
            }
        });
    }

    /** The filters that every route has, as they are configured now. */
    public List<FilterDefinition> defaultFilters() {
        return List.copyOf(properties.getDefaultFilters());
    }

    /** What is bad is told, whatever the application's setting for it is: what to do about it is decided elsewhere. */
    private final class Strict extends GatewayProperties {

        @Override
        public boolean isFailOnRouteDefinitionError() {
            return true;
        }

        @Override
        public List<FilterDefinition> getDefaultFilters() {
            return defaults;
        }
    }
}

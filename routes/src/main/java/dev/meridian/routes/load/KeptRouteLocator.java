package dev.meridian.routes.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import reactor.core.publisher.Flux;

/**
 * Routes of definitions, in the stock locator's place: a definition that has not changed keeps its route, with all that was
 * prepared for it. A bad one is put in quarantine: its last good version serves on, the other routes are not concerned.
 * The first time everything must be good, so that a gateway does not start without what it should have. Thread-safe.
 */
public final class KeptRouteLocator implements RouteLocator {

    private static final Logger log = LoggerFactory.getLogger(KeptRouteLocator.class);

    private final RouteDefinitionLocator definitions;
    private final RouteFactory factory;
    private final RouteInspection inspection;
    private final BooleanSupplier failOnError;
    private Map<RouteDefinition, Route> kept = Map.of();
    private Map<String, Route> lastGood = Map.of();
    private List<FilterDefinition> defaultFilters = List.of();
    private volatile Map<RouteDefinition, String> refused = Map.of();
    private boolean loaded;
    private volatile List<BadRoute> bad = List.of();
    private volatile Map<String, RouteDefinition> definitionsById = Map.of();

    /**
     * @param inspection asked of each route that is made anew
     * @param failOnError whether a bad route is an error at the first time; else it is left out
     */
    public KeptRouteLocator(
            RouteDefinitionLocator definitions,
            RouteFactory factory,
            RouteInspection inspection,
            BooleanSupplier failOnError) {
        this.inspection = inspection;
        this.definitions = definitions;
        this.factory = factory;
        this.failOnError = failOnError;
    }

    @Override
    public Flux<Route> getRoutes() {
        return definitions.getRouteDefinitions().collectList().flatMapIterable(this::routes);
    }

    @Override
    public Flux<Route> getRoutesByMetadata(Map<String, Object> metadata) {
        return getRoutes().filter(route -> RouteLocator.matchMetadata(route.getMetadata(), metadata));
    }

    /** The definitions that the routes were made of the last time, by their ids; of a bad one the bad definition. */
    public Map<String, RouteDefinition> definitions() {
        return definitionsById;
    }

    /** Whether there are any routes. */
    public boolean hasRoutes() {
        return !definitionsById.isEmpty();
    }

    /** Whether the very same definition has a good route already. */
    public synchronized boolean keeps(RouteDefinition definition) {
        return kept.containsKey(definition);
    }

    /** Makes routes before they are asked for, as far as they can be made: what is wrong with the others is told later. */
    public synchronized void prepare(List<RouteDefinition> expected) {
        List<FilterDefinition> defaults = factory.defaultFilters();
        Map<RouteDefinition, Route> made = new HashMap<>(expected.size() * 2);
        for (RouteDefinition definition : expected) {
            if (definition.getId() == null || !definition.isEnabled()) {
                continue; // it gets an id yet, or is no route
            }
            try {
                made.put(definition, factory.make(definition, defaults));
            } catch (RuntimeException e) {
                log.debug("Route {} cannot be made", definition.getId(), e);
            }
        }
        kept = made;
        defaultFilters = defaults;
    }

    /** Puts the routes of these definitions in quarantine, and no others any more: from the next time on, with the reason. */
    public void refuse(Map<RouteDefinition, String> definitionsWithReason) {
        refused = Map.copyOf(definitionsWithReason);
    }

    /** Routes in quarantine. */
    public List<BadRoute> bad() {
        return bad;
    }

    private synchronized List<Route> routes(List<RouteDefinition> all) {
        List<FilterDefinition> defaults = factory.defaultFilters();
        Map<RouteDefinition, Route> known = defaults.equals(defaultFilters) ? kept : Map.of();
        Map<RouteDefinition, Route> next = new HashMap<>(all.size() * 2);
        Map<String, Route> good = new HashMap<>(all.size() * 2);
        Map<String, BadRoute> wrong = new LinkedHashMap<>();
        List<Route> routes = new ArrayList<>(all.size());
        for (RouteDefinition definition : all) {
            Route route = refused.containsKey(definition) ? null : known.get(definition);
            if (route == null) {
                route = make(definition, defaults, wrong);
            }
            if (route != null) {
                routes.add(route);
                good.put(route.getId(), route);
                if (!wrong.containsKey(route.getId())) {
                    next.put(definition, route);
                }
            }
        }
        Map<String, RouteDefinition> byId = new LinkedHashMap<>(all.size() * 2);
        all.forEach(definition -> byId.put(String.valueOf(definition.getId()), definition));
        definitionsById = java.util.Collections.unmodifiableMap(byId);
        kept = next;
        lastGood = good;
        defaultFilters = defaults;
        loaded = true;
        report(wrong);
        return routes;
    }

    private @Nullable Route make(
            RouteDefinition definition, List<FilterDefinition> defaults, Map<String, BadRoute> wrong) {
        String id = String.valueOf(definition.getId());
        String reason = refused.get(definition);
        if (reason != null) {
            return bad(id, reason, wrong);
        }
        String refusal;
        RuntimeException failure;
        try {
            Route made = factory.make(definition, defaults);
            refusal = inspection.refusal(definition, true);
            if (refusal.isEmpty()) {
                return made;
            }
            failure = new IllegalArgumentException(refusal);
        } catch (RuntimeException e) {
            refusal = inspection.refusal(definition, false); // says more, as what was most likely meant
            failure = e;
        }
        if (!loaded && failOnError.getAsBoolean()) {
            throw failure;
        }
        return bad(id, refusal.isEmpty() ? String.valueOf(failure.getMessage()) : refusal, wrong);
    }

    private @Nullable Route bad(String id, String reason, Map<String, BadRoute> wrong) {
        Route last = lastGood.get(id);
        wrong.put(id, new BadRoute(id, reason, last != null));
        return last;
    }

    private void report(Map<String, BadRoute> wrong) {
        List<BadRoute> before = bad;
        bad = List.copyOf(wrong.values());
        for (BadRoute each : bad) {
            if (!before.contains(each)) {
                log.warn(
                        "Route {} is bad, {}: {}",
                        each.id(),
                        each.kept() ? "its last good version serves on" : "it is left out",
                        each.reason());
            }
        }
    }
}

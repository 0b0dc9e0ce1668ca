package dev.meridian.routes.validate;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.support.ConfigurationService;

/**
 * What routes are made with.
 *
 * @param predicates by name
 * @param filters by name
 * @param binder of their arguments
 */
public record RouteFactories(
        Map<String, RoutePredicateFactory<?>> predicates,
        Map<String, GatewayFilterFactory<?>> filters,
        ConfigurationService binder) {

    /** Of two factories of one name the last one counts, as with the stock locator. */
    public static RouteFactories of(
            Collection<? extends RoutePredicateFactory<?>> predicates,
            Collection<? extends GatewayFilterFactory<?>> filters,
            ConfigurationService binder) {
        Map<String, RoutePredicateFactory<?>> predicatesByName = new TreeMap<>();
        predicates.forEach(factory -> predicatesByName.put(factory.name(), factory));
        Map<String, GatewayFilterFactory<?>> filtersByName = new TreeMap<>();
        filters.forEach(factory -> filtersByName.put(factory.name(), factory));
        return new RouteFactories(predicatesByName, filtersByName, binder);
    }
}

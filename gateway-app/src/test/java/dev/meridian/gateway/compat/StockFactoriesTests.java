package dev.meridian.gateway.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.util.ClassUtils;

/** No stock factory is forgotten in the tables of {@link StockPredicates} and {@link StockFilters}. */
class StockFactoriesTests extends StockGateway {

    private static final String STOCK = "org.springframework.cloud.gateway";

    /** What is in Spring Cloud Gateway's jar and stands in no row, and why. */
    private static final Map<String, String> EXCLUDED = Map.of(
            "JsonToGrpcGatewayFilterFactory",
            "needs grpc-java, which is not on the class path",
            "RequestRateLimiterGatewayFilterFactory",
            "needs a Redis, and has StockRateLimiterTests; with a limiter of the user's own it stands in OwnBeansTests",
            "SpringCloudCircuitBreakerResilience4JFilterFactory",
            "is named CircuitBreaker, which has a row",
            "TokenRelayGatewayFilterFactory",
            "needs Spring Security's OAuth2 client, which is not on the class path");

    @Autowired
    private Map<String, RoutePredicateFactory<?>> predicates;

    @Autowired
    private Map<String, GatewayFilterFactory<?>> filters;

    @Autowired
    private RouteDefinitionLocator definitions;

    @Test
    void everyStockPredicate_thatIsABean_hasARow() {
        assertThat(predicateRows()).containsAll(stockBeans(predicates, RoutePredicateFactory::name));
    }

    @Test
    void everyStockFilter_thatIsABean_hasARow() {
        Set<String> beans = new TreeSet<>(stockBeans(filters, GatewayFilterFactory::name));
        beans.remove("RequestRateLimiter"); // see EXCLUDED
        assertThat(filterRows()).containsAll(beans);
    }

    @Test
    void everyFactory_inTheJar_hasARowOrAReason() {
        Set<String> covered = Stream.concat(
                        predicateRows().stream().map(name -> name + "RoutePredicateFactory"),
                        filterRows().stream().map(name -> name + "GatewayFilterFactory"))
                .collect(Collectors.toCollection(TreeSet::new));
        covered.addAll(EXCLUDED.keySet());
        covered.remove("CircuitBreakerGatewayFilterFactory");
        covered.remove(
                "LocalResponseCacheGatewayFilterFactory"); // its class is conditional, and passed over in the jar

        assertThat(covered)
                .isEqualTo(Stream.of(RoutePredicateFactory.class, GatewayFilterFactory.class)
                        .flatMap(StockFactoriesTests::inTheJar)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void everyRow_isOfAFactoryThatARouteUses() {
        Set<String> used = new TreeSet<>(StockJavaRoutes.FACTORIES);
        for (RouteDefinition route : definitions.getRouteDefinitions().toIterable()) {
            route.getPredicates().stream().map(PredicateDefinition::getName).forEach(used::add);
            route.getFilters().stream().map(FilterDefinition::getName).forEach(used::add);
        }

        assertThat(used).containsAll(predicateRows()).containsAll(filterRows());
    }

    private static Set<String> predicateRows() {
        return StockPredicates.rows().map(PredicateRow::factory).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> filterRows() {
        return StockFilters.rows().map(FilterRow::factory).collect(Collectors.toCollection(TreeSet::new));
    }

    private static <F> Set<String> stockBeans(Map<String, F> beans, Function<F, String> name) {
        Set<String> stock = beans.values().stream()
                .filter(bean -> bean.getClass().getName().startsWith(STOCK))
                .map(name)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(stock).hasSizeGreaterThan(10);
        return stock;
    }

    private static Stream<String> inTheJar(Class<?> type) {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AssignableTypeFilter(type));
        return scanner.findCandidateComponents(STOCK).stream()
                .map(found -> ClassUtils.getShortName(String.valueOf(found.getBeanClassName())))
                .filter(name -> name.endsWith("Factory")); // not the marker that annotations use for "none"
    }
}

package dev.meridian.routes;

import dev.meridian.routes.balance.LoadBalancerFilter;
import dev.meridian.routes.balance.UpstreamExplainer;
import dev.meridian.routes.breaker.Breakers;
import dev.meridian.routes.canary.Canary;
import dev.meridian.routes.canary.StockWeightsReplacement;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.RoutesProperties;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.definition.SettingsRootCheck;
import dev.meridian.routes.definition.StrictBinder;
import dev.meridian.routes.discovery.DiscoveredUpstreams;
import dev.meridian.routes.discovery.DiscoveryFeed;
import dev.meridian.routes.discovery.KnownServices;
import dev.meridian.routes.explain.ExplainContributor;
import dev.meridian.routes.explain.Explainer;
import dev.meridian.routes.geo.ClientLocator;
import dev.meridian.routes.health.UpstreamSupervisor;
import dev.meridian.routes.load.FastRouteBinding;
import dev.meridian.routes.load.KeptRouteLocator;
import dev.meridian.routes.load.RouteFactory;
import dev.meridian.routes.load.RouteInspection;
import dev.meridian.routes.match.FiltersExplainer;
import dev.meridian.routes.match.GatewayHandlerMapping;
import dev.meridian.routes.match.PreparedFilteringWebHandler;
import dev.meridian.routes.match.ReplacedFilters;
import dev.meridian.routes.match.RequestUrlFilter;
import dev.meridian.routes.match.RouteExplainer;
import dev.meridian.routes.region.RegionUpstreamFactory;
import dev.meridian.routes.upstream.Home;
import dev.meridian.routes.upstream.LiveStates;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamCompiler;
import dev.meridian.routes.upstream.UpstreamFactory;
import dev.meridian.routes.upstream.UpstreamRegistry;
import dev.meridian.routes.upstream.UpstreamSettings;
import dev.meridian.routes.upstream.UpstreamSpec;
import dev.meridian.routes.upstream.UpstreamSpecs;
import dev.meridian.routes.validate.ConfigValidator;
import dev.meridian.routes.validate.ConfigWarnings;
import dev.meridian.routes.validate.OtherRoutesCheck;
import dev.meridian.routes.validate.RouteFactories;
import dev.meridian.routes.validate.StartCheck;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.gateway.config.GatewayAutoConfiguration;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.CachingRouteLocator;
import org.springframework.cloud.gateway.route.CompositeRouteLocator;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.reactive.accept.ApiVersionStrategy;
import reactor.core.publisher.Flux;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of upstreams and of prepared
 * routes, in any Spring Cloud Gateway application.
 */
@AutoConfiguration(before = GatewayAutoConfiguration.class)
@ConditionalOnProperty(name = "spring.cloud.gateway.server.webflux.enabled", matchIfMissing = true)
public final class RoutesAutoConfiguration {

    private static final ClientLocator NOWHERE = (client, trusted, headers) -> null;

    @Bean
    @ConditionalOnMissingBean
    RoutesProperties meridianRoutesProperties(Environment environment) {
        return StrictBinder.bind(environment, "meridian", RoutesProperties.class);
    }

    @Bean
    SettingsRoot routesSettingsRoot() {
        return SettingsRoot.of(RoutesProperties.class);
    }

    @Bean
    @ConditionalOnMissingBean
    SettingsRootCheck meridianSettingsRootCheck(Environment environment, List<SettingsRoot> roots) {
        return new SettingsRootCheck(environment, roots);
    }

    @Bean
    @ConditionalOnMissingBean
    UpstreamSpecs meridianUpstreamSpecs(
            RoutesProperties properties, ObjectProvider<ClientLocator> locator, Environment environment) {
        ConfigProblems problems = new ConfigProblems(environment);
        boolean located = locator.stream().anyMatch(ClientLocator::isConfigured);
        UpstreamCompiler.requireLocations(properties.upstreams(), located, problems);
        Map<String, UpstreamSpec> specs =
                new UpstreamCompiler(home(properties)).compile(properties.upstreams(), problems);
        problems.throwIfAny();
        return new UpstreamSpecs(specs);
    }

    @Bean
    @ConditionalOnMissingBean
    LiveStates meridianLiveStates() {
        return new LiveStates();
    }

    @Bean
    @ConditionalOnMissingBean
    Breakers meridianBreakers(ObjectProvider<UpstreamSupervisor> supervisor) {
        SingletonSupplier<UpstreamSupervisor> judge = SingletonSupplier.of(supervisor::getObject);
        return new Breakers(
                Clock.systemUTC(),
                RegionUpstreamFactory.perThread(),
                change -> judge.obtain().onBreaker(change));
    }

    @Bean
    @ConditionalOnMissingBean
    UpstreamFactory meridianUpstreamFactory(
            LiveStates states, Breakers breakers, ObjectProvider<UpstreamSupervisor> supervisor) {
        SingletonSupplier<UpstreamSupervisor> judge = SingletonSupplier.of(supervisor::getObject);
        return new RegionUpstreamFactory(
                states,
                breakers,
                System::nanoTime,
                RegionUpstreamFactory.perThread(),
                suspect -> judge.obtain().call());
    }

    @Bean
    @ConditionalOnMissingBean
    UpstreamRegistry meridianUpstreamRegistry(UpstreamSpecs specs, UpstreamFactory factory) {
        return new UpstreamRegistry(specs.create(factory));
    }

    @Bean(initMethod = "start")
    @ConditionalOnMissingBean
    DiscoveryFeed meridianDiscoveryFeed(
            ObjectProvider<ReactiveDiscoveryClient> client,
            UpstreamRegistry registry,
            UpstreamFactory factory,
            UpstreamSpecs specs) {
        return new DiscoveryFeed(
                client.getIfAvailable(),
                registry,
                factory,
                System::nanoTime,
                specs.byName().values());
    }

    @Bean
    @ConditionalOnMissingBean
    DiscoveredUpstreams meridianDiscoveredUpstreams(
            ObjectProvider<ReactiveDiscoveryClient> client, RoutesProperties properties, UpstreamFactory factory) {
        return new DiscoveredUpstreams(
                client.getIfAvailable(), UpstreamSettings.defaults(home(properties)), factory, System::nanoTime);
    }

    @Bean
    @Lazy
    @ConditionalOnMissingBean
    ConfigValidator meridianConfigValidator(
            List<SettingsRoot> roots,
            ObjectProvider<RoutePredicateFactory<?>> predicates,
            ObjectProvider<GatewayFilterFactory<?>> filters,
            ConfigurationService arguments,
            ListableBeanFactory beans) {
        RouteFactories factories = RouteFactories.of(
                predicates.orderedStream().toList(), filters.orderedStream().toList(), arguments);
        return new ConfigValidator(roots, factories, KnownServices.of(beans));
    }

    @Bean
    @ConditionalOnMissingBean
    ConfigWarnings meridianConfigWarnings() {
        return new ConfigWarnings();
    }

    @Bean
    @ConditionalOnMissingBean
    StartCheck meridianStartCheck(
            Environment environment,
            ObjectProvider<ConfigValidator> validator,
            GatewayProperties gateway,
            KeptRouteLocator routes,
            ConfigWarnings warnings) {
        return new StartCheck(environment, validator, gateway, routes, warnings);
    }

    @Bean
    @ConditionalOnMissingBean
    Explainer meridianExplainer(ObjectProvider<ExplainContributor> contributors) {
        return new Explainer(contributors.orderedStream().toList());
    }

    @Bean
    @ConditionalOnMissingBean
    FiltersExplainer meridianFiltersExplainer() {
        return new FiltersExplainer();
    }

    @Bean
    @ConditionalOnMissingBean
    UpstreamExplainer meridianUpstreamExplainer(
            UpstreamRegistry upstreams, DiscoveredUpstreams discovered, ObjectProvider<ClientLocator> locator) {
        return new UpstreamExplainer(upstreams, discovered, locator.getIfAvailable(() -> NOWHERE), System::nanoTime);
    }

    private static Home home(RoutesProperties properties) {
        return new Home(properties.region(), properties.zone());
    }

    @Bean
    LoadBalancerFilter meridianLoadBalancerFilter(
            UpstreamRegistry upstreams,
            DiscoveredUpstreams discovered,
            ObjectProvider<ClientLocator> locator,
            Environment environment) {
        boolean use404 = environment.getProperty(
                "spring.cloud.gateway.server.webflux.loadbalancer.use404", Boolean.class, false);
        return new LoadBalancerFilter(upstreams, discovered, locator.getIfAvailable(() -> NOWHERE), use404);
    }

    @Bean
    RequestUrlFilter meridianRequestUrlFilter() {
        return new RequestUrlFilter();
    }

    @Bean
    ReplacedFilters meridianRoutesReplacedFilters() {
        return new ReplacedFilters(Set.of(RouteToRequestUrlFilter.class));
    }

    @Bean
    static FastRouteBinding meridianFastRouteBinding(Environment environment) {
        return new FastRouteBinding(environment);
    }

    @Bean
    @ConditionalOnMissingBean
    RouteFactory meridianRouteFactory(
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters,
            GatewayProperties properties,
            ConfigurationService binding) {
        return new RouteFactory(predicates, filters, properties, binding);
    }

    @Bean
    @ConditionalOnMissingBean
    KeptRouteLocator meridianRouteLocator(
            RouteDefinitionLocator definitions,
            RouteFactory factory,
            GatewayProperties properties,
            ObjectProvider<ConfigValidator> validator,
            UpstreamRegistry upstreams) {
        RouteInspection inspection = new OtherRoutesCheck(
                properties,
                validator::getObject,
                () -> upstreams.all().stream().map(Upstream::name).collect(Collectors.toSet()));
        return new KeptRouteLocator(definitions, factory, inspection, properties::isFailOnRouteDefinitionError);
    }

    /** As the stock one of this name, with our locator in place of the one that makes every route anew each time. */
    @Bean
    @Primary
    @ConditionalOnMissingBean(name = "cachedCompositeRouteLocator")
    RouteLocator cachedCompositeRouteLocator(List<RouteLocator> locators) {
        List<RouteLocator> others = locators.stream()
                .filter(locator -> locator.getClass() != RouteDefinitionRouteLocator.class)
                .toList();
        return new CachingRouteLocator(new CompositeRouteLocator(Flux.fromIterable(others)));
    }

    @Bean
    @ConditionalOnMissingBean(FilteringWebHandler.class)
    PreparedFilteringWebHandler meridianFilteringWebHandler(
            List<GlobalFilter> globalFilters, List<ReplacedFilters> replaced) {
        return new PreparedFilteringWebHandler(globalFilters, replaced);
    }

    @Bean
    @ConditionalOnMissingBean(RoutePredicateHandlerMapping.class)
    @ConditionalOnBean(PreparedFilteringWebHandler.class)
    GatewayHandlerMapping meridianHandlerMapping(
            PreparedFilteringWebHandler handler,
            RouteLocator locator,
            UpstreamRegistry upstreams,
            GlobalCorsProperties cors,
            Environment environment,
            Canary canary,
            ObjectProvider<ApiVersionStrategy> apiVersions) {
        GatewayHandlerMapping mapping =
                new GatewayHandlerMapping(handler, locator, upstreams::view, cors, environment, canary);
        apiVersions.ifAvailable(mapping::setApiVersionStrategy);
        return mapping;
    }

    @Bean
    static StockWeightsReplacement meridianStockWeightsReplacement() {
        return new StockWeightsReplacement("meridianHandlerMapping");
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(GatewayHandlerMapping.class)
    RouteExplainer meridianRouteExplainer(GatewayHandlerMapping mapping, Canary canary) {
        return new RouteExplainer(mapping, canary);
    }
}

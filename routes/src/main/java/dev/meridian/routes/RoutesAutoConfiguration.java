package dev.meridian.routes;

import dev.meridian.routes.balance.LoadBalancerFilter;
import dev.meridian.routes.balance.RoundRobin;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.RoutesProperties;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.definition.SettingsRootCheck;
import dev.meridian.routes.definition.StrictBinder;
import dev.meridian.routes.definition.UpstreamDefinition;
import dev.meridian.routes.discovery.DiscoveredUpstreams;
import dev.meridian.routes.match.GatewayHandlerMapping;
import dev.meridian.routes.match.PreparedFilteringWebHandler;
import dev.meridian.routes.match.ReplacedFilters;
import dev.meridian.routes.match.RequestUrlFilter;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamCompiler;
import dev.meridian.routes.upstream.UpstreamRegistry;
import dev.meridian.routes.upstream.UpstreamSettings;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.gateway.config.GatewayAutoConfiguration;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.accept.ApiVersionStrategy;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of upstreams and of prepared
 * routes, in any Spring Cloud Gateway application.
 */
@AutoConfiguration(before = GatewayAutoConfiguration.class)
@ConditionalOnProperty(name = "spring.cloud.gateway.server.webflux.enabled", matchIfMissing = true)
public final class RoutesAutoConfiguration {

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
    UpstreamRegistry meridianUpstreamRegistry(RoutesProperties properties, Environment environment) {
        ConfigProblems problems = new ConfigProblems(environment);
        Map<String, Upstream> upstreams =
                new UpstreamCompiler(RoundRobin::new).compile(properties.upstreams(), problems);
        problems.throwIfAny();
        return new UpstreamRegistry(upstreams);
    }

    @Bean
    @ConditionalOnMissingBean
    DiscoveredUpstreams meridianDiscoveredUpstreams(ObjectProvider<ReactiveDiscoveryClient> client) {
        // An upstream of which nothing is written has the defaults of one of which something is.
        UpstreamDefinition defaults = new Binder(Collections.<ConfigurationPropertySource>emptyList())
                .bindOrCreate("defaults", UpstreamDefinition.class);
        UpstreamSettings settings = new UpstreamSettings(defaults.protocol(), defaults.pool(), defaults.timeout());
        return new DiscoveredUpstreams(client.getIfAvailable(), settings, RoundRobin::new, System::nanoTime);
    }

    @Bean
    LoadBalancerFilter meridianLoadBalancerFilter(
            UpstreamRegistry upstreams, DiscoveredUpstreams discovered, Environment environment) {
        boolean use404 = environment.getProperty(
                "spring.cloud.gateway.server.webflux.loadbalancer.use404", Boolean.class, false);
        return new LoadBalancerFilter(upstreams, discovered, use404);
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
            GlobalCorsProperties cors,
            Environment environment,
            ObjectProvider<ApiVersionStrategy> apiVersions) {
        GatewayHandlerMapping mapping = new GatewayHandlerMapping(handler, locator, cors, environment);
        apiVersions.ifAvailable(mapping::setApiVersionStrategy);
        return mapping;
    }
}

package dev.meridian.observability.config;

import dev.meridian.routes.load.KeptRouteLocator;
import dev.meridian.routes.refresh.GatewayRefresher;
import dev.meridian.routes.validate.ConfigWarnings;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.cloud.endpoint.RefreshEndpoint;
import org.springframework.context.annotation.Bean;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the endpoints that show and
 * refresh the configuration.
 */
@AutoConfiguration(
        afterName = {
            "dev.meridian.routes.refresh.RefreshAutoConfiguration",
            "org.springframework.cloud.autoconfigure.RefreshEndpointAutoConfiguration"
        })
@ConditionalOnBean(GatewayRefresher.class)
public final class ConfigEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint(RefreshEndpoint.class)
    RefreshWebExtension meridianRefreshWebExtension(GatewayRefresher refresher, ConfigWarnings warnings) {
        return new RefreshWebExtension(refresher, new RefreshAnswers(refresher, warnings));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint(RouteConfigEndpoint.class)
    RouteConfigEndpoint meridianRouteConfigEndpoint(
            GatewayRefresher refresher, KeptRouteLocator routes, ConfigWarnings warnings) {
        return new RouteConfigEndpoint(refresher, routes, new RefreshAnswers(refresher, warnings));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnEnabledHealthIndicator("meridian-config")
    ConfigHealthIndicator meridianConfigHealthIndicator(GatewayRefresher refresher) {
        return new ConfigHealthIndicator(refresher);
    }

    @Bean
    @ConditionalOnMissingBean
    ConfigMeters meridianConfigMeters(GatewayRefresher refresher, KeptRouteLocator routes) {
        return new ConfigMeters(refresher, routes);
    }
}

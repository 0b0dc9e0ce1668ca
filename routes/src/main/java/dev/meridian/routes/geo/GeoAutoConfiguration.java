package dev.meridian.routes.geo;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.definition.StrictBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of clients' places. */
@AutoConfiguration
@ConditionalOnProperty(name = "spring.cloud.gateway.server.webflux.enabled", matchIfMissing = true)
public final class GeoAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    GeoProperties meridianGeoProperties(Environment environment) {
        return StrictBinder.bind(environment, "meridian", GeoProperties.class);
    }

    @Bean
    SettingsRoot geoSettingsRoot() {
        return SettingsRoot.of(GeoProperties.class);
    }

    @Bean
    @ConditionalOnMissingBean(ClientLocator.class)
    ConfiguredLocator meridianClientLocator(GeoProperties properties, Environment environment) {
        ConfigProblems problems = new ConfigProblems(environment);
        ConfiguredLocator locator = LocatorCompiler.compile(properties.geo(), problems);
        problems.throwIfAny();
        return locator.start(properties.geo().reloadInterval());
    }
}

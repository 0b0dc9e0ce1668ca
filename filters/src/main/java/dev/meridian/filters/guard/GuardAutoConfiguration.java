package dev.meridian.filters.guard;

import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.definition.StrictBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the connection guards. */
@AutoConfiguration
public final class GuardAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    HttpProperties meridianHttpProperties(Environment environment) {
        return StrictBinder.bind(environment, "meridian", HttpProperties.class);
    }

    @Bean
    SettingsRoot httpSettingsRoot() {
        return SettingsRoot.of(HttpProperties.class);
    }
}

package dev.meridian.routes.canary;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.definition.StrictBinder;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the choice within weighted
 * groups of routes.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "spring.cloud.gateway.server.webflux.enabled", matchIfMissing = true)
public final class CanaryAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    CanaryProperties meridianCanaryProperties(Environment environment) {
        return StrictBinder.bind(environment, "meridian", CanaryProperties.class);
    }

    @Bean
    SettingsRoot canarySettingsRoot() {
        return SettingsRoot.of(CanaryProperties.class);
    }

    @Bean
    @ConditionalOnMissingBean
    Canary meridianCanary(CanaryProperties properties, Environment environment) {
        ConfigProblems problems = new ConfigProblems(environment);
        Map<String, CanaryKey> keys = new HashMap<>();
        properties.canary().forEach((group, settings) -> {
            CanaryKey key = CanaryKey.parse(settings.key());
            if (key == null) {
                problems.add("meridian.canary." + group + ".key", settings.key(), CanaryKey.FORMS);
            } else {
                keys.put(group, key);
            }
        });
        problems.throwIfAny();
        return new Canary(keys, () -> ThreadLocalRandom.current().nextLong());
    }
}

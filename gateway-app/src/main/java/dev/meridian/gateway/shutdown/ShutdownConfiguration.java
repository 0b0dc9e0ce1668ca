package dev.meridian.gateway.shutdown;

import dev.meridian.filters.guard.ClientConnections;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.definition.StrictBinder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Wires the shutdown. */
@Configuration(proxyBeanMethods = false)
class ShutdownConfiguration {

    @Bean
    ShutdownProperties shutdownProperties(Environment environment) {
        ShutdownProperties properties = StrictBinder.bind(environment, "meridian", ShutdownProperties.class);
        ConfigProblems problems = new ConfigProblems(environment);
        ShutdownProperties.Shutdown shutdown = properties.shutdown();
        problems.require(
                !shutdown.grace().isNegative(),
                "meridian.shutdown.grace",
                shutdown.grace(),
                "a duration of 0s or more");
        problems.require(
                !shutdown.drain().isNegative(),
                "meridian.shutdown.drain",
                shutdown.drain(),
                "a duration of 0s or more");
        problems.throwIfAny();
        return properties;
    }

    @Bean
    SettingsRoot shutdownSettingsRoot() {
        return SettingsRoot.of(ShutdownProperties.class);
    }

    @Bean
    DrainLifecycle drainLifecycle(ClientConnections connections, ShutdownProperties properties) {
        return new DrainLifecycle(
                connections,
                properties.shutdown().grace(),
                properties.shutdown().drain());
    }
}

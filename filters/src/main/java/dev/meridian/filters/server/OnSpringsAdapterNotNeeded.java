package dev.meridian.filters.server;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;

/** Matches unless something is configured that only Spring's own adapter does. */
final class OnSpringsAdapterNotNeeded extends NoneNestedConditions {

    OnSpringsAdapterNotNeeded() {
        super(ConfigurationPhase.PARSE_CONFIGURATION);
    }

    @ConditionalOnProperty("spring.webflux.base-path")
    static final class BasePath {}

    @ConditionalOnProperty(name = "server.forward-headers-strategy", havingValue = "framework")
    static final class ForwardedHeaders {}
}

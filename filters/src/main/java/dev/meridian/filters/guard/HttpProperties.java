package dev.meridian.filters.guard;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this package reads under {@code meridian}.
 *
 * @param http the limits of a request
 */
@ConfigurationProperties("meridian")
public record HttpProperties(
        @NestedConfigurationProperty @DefaultValue HttpLimits http) {}

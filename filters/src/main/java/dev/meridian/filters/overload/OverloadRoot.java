package dev.meridian.filters.overload;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this package reads under {@code meridian}.
 *
 * @param overload how many requests may be under way in the whole gateway
 */
@ConfigurationProperties("meridian")
record OverloadRoot(
        @NestedConfigurationProperty @DefaultValue OverloadProperties overload) {}

package dev.meridian.routes.refresh;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this package reads under {@code meridian}.
 *
 * @param config how a changed configuration comes into effect
 */
@ConfigurationProperties("meridian")
record ConfigRoot(@NestedConfigurationProperty @DefaultValue ConfigProperties config) {}

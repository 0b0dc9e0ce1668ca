package dev.meridian.routes.geo;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this package reads under {@code meridian}.
 *
 * @param geo how the gateway learns where a client is
 */
@ConfigurationProperties("meridian")
record GeoProperties(
        @NestedConfigurationProperty @DefaultValue GeoSettings geo) {}

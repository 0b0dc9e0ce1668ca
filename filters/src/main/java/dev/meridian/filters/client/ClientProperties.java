package dev.meridian.filters.client;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this package reads under {@code meridian}.
 *
 * @param clientAddress whose word about the client's address is believed
 */
@ConfigurationProperties("meridian")
public record ClientProperties(
        @NestedConfigurationProperty @DefaultValue ClientAddressProperties clientAddress) {}

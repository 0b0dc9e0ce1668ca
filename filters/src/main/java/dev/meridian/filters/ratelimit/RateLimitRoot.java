package dev.meridian.filters.ratelimit;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this package reads under {@code meridian}.
 *
 * @param rateLimits how much may be asked for, by the name that {@code RateLimit=NAME} on a route means
 * @param rateLimitStore where limits are counted that hold for all gateways
 */
@ConfigurationProperties("meridian")
record RateLimitRoot(
        @DefaultValue Map<String, RateLimitDefinition> rateLimits,
        @NestedConfigurationProperty @DefaultValue RateLimitStoreProperties rateLimitStore) {}

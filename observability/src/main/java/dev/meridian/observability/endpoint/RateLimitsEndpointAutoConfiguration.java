package dev.meridian.observability.endpoint;

import dev.meridian.filters.ratelimit.RateLimitAutoConfiguration;
import dev.meridian.filters.ratelimit.RateLimits;
import dev.meridian.filters.ratelimit.StoreState;
import java.util.function.Supplier;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of {@code
 * /actuator/ratelimits}, where it is exposed, and of what health says of the store of rate limits.
 */
@AutoConfiguration(after = RateLimitAutoConfiguration.class)
@ConditionalOnBean(RateLimits.class)
public final class RateLimitsEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint(RateLimitsEndpoint.class)
    RateLimitsEndpoint meridianRateLimitsEndpoint(RateLimits limits, Supplier<StoreState> store) {
        return new RateLimitsEndpoint(limits::all, store);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnEnabledHealthIndicator("meridian-rate-limits")
    RateLimitHealthIndicator meridianRateLimitsHealthIndicator(Supplier<StoreState> store) {
        return new RateLimitHealthIndicator(store);
    }
}

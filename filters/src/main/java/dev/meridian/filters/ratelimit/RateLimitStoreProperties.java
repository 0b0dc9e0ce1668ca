package dev.meridian.filters.ratelimit;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code meridian.rate-limit-store}: the Redis that limits are counted in. Where it is and how one logs in
 * stands under {@code spring.data.redis}.
 *
 * @param timeout how long a request waits for Redis at most; then its policy's {@code on-store-failure} decides; 1ms to 1s;
 *     default 20ms
 * @param heartbeat how often a gateway tells Redis that it is alive, and looks how many there are; three missed ones and it
 *     counts as gone; 100ms to 10s; default 1s
 * @param keyPrefix what the keys in Redis begin with: gateways that say the same count together; letters, digits and
 *     {@code . _ : -}; default {@code meridian}
 */
public record RateLimitStoreProperties(
        @DefaultValue("20ms") Duration timeout,
        @DefaultValue("1s") Duration heartbeat,
        @DefaultValue("meridian") String keyPrefix) {}

package dev.meridian.routes.definition;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Endpoints that a {@code ReactiveDiscoveryClient} knows. Instance metadata {@code region}, {@code zone} and {@code
 * weight} are heeded.
 *
 * @param service the name that discovery knows it by; required
 * @param refresh how often discovery is asked; default 5s
 * @param keepFor how long the last known endpoints stay when the answer is empty or fails; default 1h
 */
public record DiscoveryDefinition(
        @Nullable String service,
        @DefaultValue("5s") Duration refresh,
        @DefaultValue("1h") Duration keepFor) {}

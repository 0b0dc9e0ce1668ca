package dev.meridian.routes.definition;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the routes module reads under {@code meridian}.
 *
 * @param region where this gateway runs, by the name that its upstreams have for it
 * @param zone where it runs inside the region
 * @param upstreams the pools of endpoints that {@code lb://NAME} uris name
 */
@ConfigurationProperties("meridian")
public record RoutesProperties(
        @Nullable String region,
        @Nullable String zone,
        @DefaultValue Map<String, UpstreamDefinition> upstreams) {}

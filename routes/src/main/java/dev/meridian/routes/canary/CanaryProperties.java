package dev.meridian.routes.canary;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this package reads under {@code meridian}.
 *
 * @param canary by the names of the groups in {@code Weight} predicates
 */
@ConfigurationProperties("meridian")
record CanaryProperties(@DefaultValue Map<String, CanarySettings> canary) {}

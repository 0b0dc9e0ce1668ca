package dev.meridian.routes.canary;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this package reads under {@code meridian}.
 *
 * @param canary what the choice within a group of {@code Weight} predicates follows from, by the name of the group
 */
@ConfigurationProperties("meridian")
record CanaryProperties(@DefaultValue Map<String, CanarySettings> canary) {}

/** What the gateway counts and measures, under names that {@link dev.meridian.observability.metrics.GatewayMeters} lists. */
@NullMarked
package dev.meridian.observability.metrics;

import org.jspecify.annotations.NullMarked;

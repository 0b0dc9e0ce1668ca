package dev.meridian.routes.definition;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An upstream, a named pool of endpoints, as written under {@code meridian.upstreams.NAME}. Its endpoints stand in one of
 * three places: in a list of its own, which makes it one region; under its regions; or in discovery. Durations are 1ms to
 * 24h.
 *
 * @param endpoints the addresses that serve it, where it has but one region
 * @param discovery where endpoints come from in place of a list; their metadata name the region
 * @param regions its regions by name
 * @param regionSelection how regions of equal priority share; default {@code weighted}
 * @param panicThreshold share of healthy endpoints below which a tier that nobody can help out is used as if all of its
 *     endpoints were healthy; {@code 0%} for never; default 50%
 * @param ramp how long a region or endpoint that returns takes from a tenth to the whole of its share; default 30s
 * @param balance how an endpoint is picked inside a region; default {@code round-robin}
 * @param hashOn what {@code balance: hash} hashes; default {@code client-ip}
 * @param resourceMetric what {@code balance: resource} compares: {@code cpu}, {@code memory} or the name of another
 *     utilisation that endpoints report, as {@code gpu}; default {@code cpu}
 * @param zonePreference whether endpoints in the gateway's own zone are used first; not with {@code balance: hash}; default {@code true}
 * @param healthCheck active checks; absent for none
 * @param outlierDetection when failures of real traffic take an endpoint out
 * @param circuitBreaker when nothing more is sent for a while; absent for never
 * @param retry when a request is sent again
 * @param concurrency how many requests may be under way
 * @param protocol what is spoken to them; default {@code http1}
 * @param pool its connections
 * @param timeout its deadlines
 */
public record UpstreamDefinition(
        @DefaultValue List<EndpointDefinition> endpoints,
        @Nullable DiscoveryDefinition discovery,
        @DefaultValue Map<String, RegionDefinition> regions,
        @DefaultValue("weighted") RegionSelection regionSelection,
        @DefaultValue("50%") Percent panicThreshold,
        @DefaultValue("30s") Duration ramp,
        @DefaultValue("round-robin") BalanceAlgorithm balance,
        @DefaultValue("client-ip") HashKey hashOn,
        @DefaultValue("cpu") String resourceMetric,
        @DefaultValue("true") boolean zonePreference,
        @Nullable HealthCheckDefinition healthCheck,
        @DefaultValue OutlierDetectionDefinition outlierDetection,
        @Nullable CircuitBreakerDefinition circuitBreaker,
        @DefaultValue RetryDefinition retry,
        @DefaultValue ConcurrencyDefinition concurrency,
        @DefaultValue("http1") Protocol protocol,
        @DefaultValue PoolDefinition pool,
        @DefaultValue TimeoutDefinition timeout) {}

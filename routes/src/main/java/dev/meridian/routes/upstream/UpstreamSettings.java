package dev.meridian.routes.upstream;

import dev.meridian.routes.definition.CircuitBreakerDefinition;
import dev.meridian.routes.definition.ConcurrencyDefinition;
import dev.meridian.routes.definition.HealthCheckDefinition;
import dev.meridian.routes.definition.OutlierDetectionDefinition;
import dev.meridian.routes.definition.PoolDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.RetryDefinition;
import dev.meridian.routes.definition.TimeoutDefinition;
import dev.meridian.routes.definition.UpstreamDefinition;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;

/**
 * How the gateway treats an upstream, whatever its endpoints are.
 *
 * @param healthCheck {@code null} for none
 * @param circuitBreaker {@code null} for none
 */
public record UpstreamSettings(
        Protocol protocol,
        PoolDefinition pool,
        TimeoutDefinition timeout,
        SelectionSettings selection,
        @Nullable HealthCheckDefinition healthCheck,
        OutlierDetectionDefinition outlierDetection,
        @Nullable CircuitBreakerDefinition circuitBreaker,
        RetryDefinition retry,
        ConcurrencyDefinition concurrency) {

    /** An upstream of which nothing is written has the defaults of one of which something is. */
    private static final UpstreamDefinition NOTHING_WRITTEN = new Binder(
                    Collections.<ConfigurationPropertySource>emptyList())
            .bindOrCreate("nothing", UpstreamDefinition.class);

    /** All but these at their defaults. */
    public UpstreamSettings(Protocol protocol, PoolDefinition pool, TimeoutDefinition timeout) {
        this(
                protocol,
                pool,
                timeout,
                SelectionSettings.of(NOTHING_WRITTEN, Home.UNKNOWN),
                null,
                NOTHING_WRITTEN.outlierDetection(),
                null,
                NOTHING_WRITTEN.retry(),
                NOTHING_WRITTEN.concurrency());
    }

    /** What was written, for a gateway that runs at {@code home}. */
    public static UpstreamSettings of(UpstreamDefinition definition, Home home) {
        return new UpstreamSettings(
                definition.protocol(),
                definition.pool(),
                definition.timeout(),
                SelectionSettings.of(definition, home),
                definition.healthCheck(),
                definition.outlierDetection(),
                definition.circuitBreaker(),
                definition.retry(),
                definition.concurrency());
    }

    /** The same, with another way to choose regions and endpoints. */
    public UpstreamSettings selecting(SelectionSettings other) {
        return new UpstreamSettings(
                protocol, pool, timeout, other, healthCheck, outlierDetection, circuitBreaker, retry, concurrency);
    }

    /** The defaults. */
    public static UpstreamSettings defaults(Home home) {
        return of(NOTHING_WRITTEN, home);
    }
}

package dev.meridian.routes.definition;

import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An upstream as written under {@code meridian.upstreams.NAME}.
 *
 * @param endpoints the addresses that serve it; at least one
 * @param protocol what is spoken to them; default {@code http1}
 * @param pool its connections
 * @param timeout its deadlines
 */
public record UpstreamDefinition(
        @DefaultValue List<EndpointDefinition> endpoints,
        @DefaultValue("http1") Protocol protocol,
        @DefaultValue PoolDefinition pool,
        @DefaultValue TimeoutDefinition timeout) {}

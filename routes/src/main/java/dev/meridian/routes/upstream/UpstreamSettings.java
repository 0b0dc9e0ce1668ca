package dev.meridian.routes.upstream;

import dev.meridian.routes.definition.PoolDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.TimeoutDefinition;

/** How the gateway speaks to an upstream. */
public record UpstreamSettings(Protocol protocol, PoolDefinition pool, TimeoutDefinition timeout) {}

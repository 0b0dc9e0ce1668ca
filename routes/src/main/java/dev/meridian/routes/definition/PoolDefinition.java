package dev.meridian.routes.definition;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The connections that one gateway keeps to one upstream, over all its endpoints.
 *
 * @param maxConnections connections that are open at the same time; default 1024
 * @param maxPending requests that wait for one; one more is answered 503 at once; default 1024
 * @param pendingTimeout how long a request waits for one before it is answered 503; default 2s
 * @param idleTimeout an unused connection is closed after this, and earlier where the backend names a shorter time in
 *     {@code Keep-Alive: timeout=}; default 30s
 * @param maxLife a connection is not used again when it is older than this; default 5m
 */
public record PoolDefinition(
        @DefaultValue("1024") int maxConnections,
        @DefaultValue("1024") int maxPending,
        @DefaultValue("2s") Duration pendingTimeout,
        @DefaultValue("30s") Duration idleTimeout,
        @DefaultValue("5m") Duration maxLife) {}

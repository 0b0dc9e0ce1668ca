package dev.meridian.routes.definition;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long the gateway waits for an upstream. None is ever unlimited.
 *
 * @param connect until there is a connection, TLS handshake included; default 1s
 * @param response from the end of the request to the first byte of the answer; default 30s
 * @param idle between two bytes of a body in either direction; default 60s
 */
public record TimeoutDefinition(
        @DefaultValue("1s") Duration connect,
        @DefaultValue("30s") Duration response,
        @DefaultValue("60s") Duration idle) {}

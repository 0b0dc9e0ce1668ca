package dev.meridian.routes.definition;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long the gateway waits for an upstream. A route may have others, by its filter {@code Timeout}.
 *
 * @param connect until there is a connection; default 1s
 * @param tls until its TLS handshake is done; default as {@code connect}
 * @param response from the end of the request to the first byte of the answer; default 30s
 * @param idle between two bytes of a body in either direction; default 60s
 * @param total from the moment a request is passed on to the end of its answer, over all attempts; default none
 */
public record TimeoutDefinition(
        @DefaultValue("1s") Duration connect,
        @Nullable Duration tls,
        @DefaultValue("30s") Duration response,
        @DefaultValue("60s") Duration idle,
        @Nullable Duration total) {

    /** Those that every upstream has. */
    public static TimeoutDefinition of(Duration connect, Duration response, Duration idle) {
        return new TimeoutDefinition(connect, null, response, idle, null);
    }

    /** As set, or as for the connection. */
    public Duration handshake() {
        return tls == null ? connect : tls;
    }
}

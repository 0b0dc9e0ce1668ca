package dev.meridian.routes.definition;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Active checks of every endpoint of an upstream, as written under {@code health-check}.
 *
 * @param type what a check does; default {@code http}
 * @param path what is asked for; default {@code /}
 * @param method the method of the request; default {@code GET}
 * @param expectedStatus answers that count as healthy; default 200-299
 * @param headers fields that are sent along
 * @param port where it is asked, 1 to 65535; default the endpoint's
 * @param interval between two checks of an endpoint, give or take a tenth; 100ms to 24h; default 3s
 * @param timeout of one check, connection included; default 1s
 * @param unhealthyAfter failed checks in a row that take an endpoint out; default 3
 * @param healthyAfter passed checks in a row that bring it back; default 2
 */
public record HealthCheckDefinition(
        @DefaultValue("http") Type type,
        @DefaultValue("/") String path,
        @DefaultValue("GET") String method,
        @DefaultValue("200-299") List<StatusRange> expectedStatus,
        @DefaultValue Map<String, String> headers,
        @Nullable Integer port,
        @DefaultValue("3s") Duration interval,
        @DefaultValue("1s") Duration timeout,
        @DefaultValue("3") int unhealthyAfter,
        @DefaultValue("2") int healthyAfter) {

    /** What a check does. */
    public enum Type {
        /** A request, over TLS and HTTP/2 where the upstream is. */
        HTTP,
        /** A mere connection. */
        TCP
    }
}

package dev.meridian.routes.definition;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One endpoint as written: a plain uri, or {@code {uri, weight, zone, metadata}}.
 *
 * @param uri {@code http://host:port} or {@code https://host:port}; the port may be left out; required
 * @param weight share of the traffic relative to the others, 1 to 1000; default 1
 * @param zone where it runs inside its region
 * @param metadata free text for whoever reads it
 */
public record EndpointDefinition(
        @Nullable String uri,
        @DefaultValue("1") int weight,
        @Nullable String zone,
        @DefaultValue Map<String, String> metadata) {

    /** The short form, a plain uri; found by Boot's converter by this name. */
    public static EndpointDefinition of(String uri) {
        return new EndpointDefinition(uri, 1, null, Map.of());
    }
}

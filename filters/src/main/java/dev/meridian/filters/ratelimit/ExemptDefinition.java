package dev.meridian.filters.ratelimit;

import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Requests that a policy does not concern.
 *
 * @param addresses of clients, alone or in blocks like {@code 10.0.0.0/8}
 * @param headers names of fields, each with the values that exempt
 */
public record ExemptDefinition(
        @DefaultValue List<String> addresses, @DefaultValue Map<String, List<String>> headers) {}

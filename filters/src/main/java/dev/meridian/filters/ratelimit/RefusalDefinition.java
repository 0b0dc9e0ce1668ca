package dev.meridian.filters.ratelimit;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a refused client is told.
 *
 * @param status 400 to 599; default 429
 * @param body by default a problem as of RFC 9457
 * @param contentType of {@code body}; default {@code text/plain;charset=UTF-8}
 */
public record RefusalDefinition(
        @DefaultValue("429") int status,
        @Nullable String body,
        @DefaultValue("text/plain;charset=UTF-8") String contentType) {}

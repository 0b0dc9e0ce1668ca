package dev.meridian.routes.definition;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When a request is sent again, as written under {@code retry}. It is, if none of it was sent, or if its method is
 * idempotent and it has no body; each time to another endpoint, then to another region.
 *
 * @param attempts after the first; 0 for none; default 2
 */
public record RetryDefinition(@DefaultValue("2") int attempts) {}

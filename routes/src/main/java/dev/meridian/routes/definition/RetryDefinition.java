package dev.meridian.routes.definition;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When a request is sent again, as written under {@code retry}. It is, if none of it was sent, or if its method is
 * idempotent and it has no body; each time to another endpoint, then to another region.
 *
 * @param attempts how often it is sent again, 0 to 10; default 2
 */
public record RetryDefinition(@DefaultValue("2") int attempts) {}

package dev.meridian.routes.definition;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many requests may be under way to an upstream at the same time, as written under {@code concurrency}. One more is
 * answered 503 at once.
 *
 * @param maxRequests over the whole upstream, from this gateway; default none
 * @param maxRequestsPerEndpoint at each endpoint; others are chosen in its stead; default none
 * @param adaptive whether the limit is found by measuring: it falls as answers slow down, and rises as long as they do not;
 *     never above {@code max-requests}; default {@code false}
 */
public record ConcurrencyDefinition(
        @Nullable Integer maxRequests,
        @Nullable Integer maxRequestsPerEndpoint,
        @DefaultValue("false") boolean adaptive) {}

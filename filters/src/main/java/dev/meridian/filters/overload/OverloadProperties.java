package dev.meridian.filters.overload;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code meridian.overload}: how many requests may be under way in the whole gateway. One more is answered
 * 503 at once.
 *
 * @param maxRequests to all upstreams together; default none
 * @param adaptive whether the limit is found by measuring: it falls as answers slow down, and rises as long as they do not;
 *     never above {@code max-requests}; default {@code false}
 */
public record OverloadProperties(
        @Nullable Integer maxRequests,
        @DefaultValue("false") boolean adaptive) {}

package dev.meridian.observability.endpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.meridian.filters.ratelimit.RateLimiter;
import dev.meridian.filters.ratelimit.StoreState;
import dev.meridian.routes.definition.Spelling;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/** All rate limits, and the place where those are counted that hold for all gateways. */
record RateLimitList(Store store, List<RateLimitView> policies) implements OperationResponseBody {

    static RateLimitList of(StoreState store, Collection<RateLimiter> limiters) {
        return new RateLimitList(
                Store.of(store), limiters.stream().map(RateLimitView::of).toList());
    }

    /**
     * Where they are counted.
     *
     * @param since as of RFC 3339, in UTC
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Store(
            String kind,
            boolean available,
            int gateways,
            @Nullable String since,
            @Nullable String problem) {

        static Store of(StoreState state) {
            return new Store(
                    Spelling.written(state.kind()),
                    state.available(),
                    state.gateways(),
                    state.since() == null ? null : state.since().toString(),
                    state.problem());
        }
    }
}

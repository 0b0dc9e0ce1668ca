package dev.meridian.observability.endpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.meridian.filters.ratelimit.KeyState;
import dev.meridian.filters.ratelimit.RateLimiter;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/** How it stands with one key of a rate limit. */
record RateLimitKeyView(String policy, String key, List<Rate> limits) implements OperationResponseBody {

    static RateLimitKeyView of(RateLimiter limiter, KeyState state) {
        return new RateLimitKeyView(
                limiter.name(),
                state.key(),
                state.rates().stream().map(Rate::of).toList());
    }

    /**
     * One of its limits.
     *
     * @param burst absent where it is as {@code limit}
     * @param resetSeconds until the window ends, or the bucket is full
     * @param retryAfterSeconds until one more unit may be taken; absent where it never may
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Rate(
            long limit,
            String window,
            @Nullable Long burst,
            double used,
            long remaining,
            @JsonProperty("reset-seconds") double resetSeconds,
            @JsonProperty("retry-after-seconds") @Nullable Double retryAfterSeconds) {

        static Rate of(KeyState.RateState state) {
            Duration wait = state.retryAfter();
            return new Rate(
                    state.limit(),
                    Words.of(state.window()),
                    state.most() == state.limit() ? null : Long.valueOf(state.most()),
                    Words.rounded(state.used(), 1),
                    state.remaining(),
                    Words.seconds(state.reset()),
                    wait == null ? null : Double.valueOf(Words.seconds(wait)));
        }
    }
}

package dev.meridian.observability.endpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.meridian.filters.ratelimit.BusyKey;
import dev.meridian.filters.ratelimit.CostDefinition;
import dev.meridian.filters.ratelimit.OverrideDefinition;
import dev.meridian.filters.ratelimit.RateDefinition;
import dev.meridian.filters.ratelimit.RateLimitDefinition;
import dev.meridian.filters.ratelimit.RateLimiter;
import dev.meridian.filters.ratelimit.RateLimiter.Outcome;
import dev.meridian.routes.definition.Spelling;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * A rate limit: its settings, and what has become of requests in this process.
 *
 * @param countedIn {@code local} or {@code redis}
 * @param requests by outcome, since the policy has been there
 * @param keys that this process knows
 * @param busiest those that have used up the most of their limit
 */
record RateLimitView(
        String name,
        Settings settings,
        @JsonProperty("counted-in") String countedIn,
        Map<String, Long> requests,
        long keys,
        List<Busy> busiest)
        implements OperationResponseBody {

    private static final int BUSIEST = 10;

    /** Looks at all keys: not for an event loop. */
    static RateLimitView of(RateLimiter limiter) {
        Map<String, Long> requests = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            requests.put(Spelling.written(outcome), limiter.counted(outcome));
        }
        return new RateLimitView(
                limiter.name(),
                Settings.of(limiter),
                Spelling.written(limiter.countedIn()),
                requests,
                limiter.keys(),
                limiter.busiest(BUSIEST).stream().map(Busy::of).toList());
    }

    /** @param share of the limit, 0 to 1 */
    record Busy(String key, double used, double share) {

        static Busy of(BusyKey key) {
            return new Busy(key.key(), Words.rounded(key.used(), 1), Words.rounded(key.share(), 3));
        }
    }

    /**
     * As they are written or, where they are not, as they are by default.
     *
     * @param exemptHeaders names alone: their values may be secrets
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Settings(
            String algorithm,
            List<Limit> limits,
            List<String> key,
            @JsonProperty("ipv6-prefix") int ipv6Prefix,
            @JsonProperty("on-missing-key") String onMissingKey,
            Map<String, Integer> cost,
            @JsonProperty("exempt-addresses") @Nullable List<String> exemptAddresses,
            @JsonProperty("exempt-headers") @Nullable List<String> exemptHeaders,
            @Nullable List<Override> overrides,
            boolean shadow,
            @JsonProperty("refusal-status") int refusalStatus,
            boolean privacy,
            @JsonProperty("sync-interval") String syncInterval,
            @JsonProperty("on-store-failure") String onStoreFailure,
            @JsonProperty("max-keys") int maxKeys) {

        static Settings of(RateLimiter limiter) {
            RateLimitDefinition written = limiter.definition();
            return new Settings(
                    Spelling.written(written.algorithm()),
                    Limit.of(written.limit(), written.window(), written.burst(), written.limits()),
                    written.key().stream().map(Object::toString).toList(),
                    written.ipv6Prefix(),
                    Spelling.written(written.onMissingKey()),
                    cost(written.cost()),
                    orNull(written.exempt().addresses()),
                    orNull(List.copyOf(written.exempt().headers().keySet())),
                    orNull(written.overrides().stream()
                            .map(each -> Override.of(limiter, each))
                            .toList()),
                    written.shadow(),
                    written.refusal().status(),
                    limiter.privacy(),
                    Words.of(written.syncInterval()),
                    Spelling.written(written.onStoreFailure()),
                    written.maxKeys());
        }

        private static <T> @Nullable List<T> orNull(List<T> list) {
            return list.isEmpty() ? null : list;
        }

        private static Map<String, Integer> cost(CostDefinition cost) {
            Map<String, Integer> units = new LinkedHashMap<>();
            put(units, "get", cost.get());
            put(units, "head", cost.head());
            put(units, "post", cost.post());
            put(units, "put", cost.put());
            put(units, "patch", cost.patch());
            put(units, "delete", cost.delete());
            put(units, "options", cost.options());
            units.put("other", cost.other());
            return units;
        }

        private static void put(Map<String, Integer> units, String method, @Nullable Integer own) {
            if (own != null) {
                units.put(method, own);
            }
        }
    }

    /** One of the limits that must all hold. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Limit(
            @Nullable Long limit,
            @Nullable String window,
            @Nullable Long burst) {

        static List<Limit> of(
                @Nullable Long limit, @Nullable Duration window, @Nullable Long burst, List<RateDefinition> several) {
            return several.isEmpty()
                    ? List.of(of(limit, window, burst))
                    : several.stream()
                            .map(each -> of(each.limit(), each.window(), each.burst()))
                            .toList();
        }

        private static Limit of(@Nullable Long limit, @Nullable Duration window, @Nullable Long burst) {
            return new Limit(limit, window == null ? null : Words.of(window), burst);
        }
    }

    /** Other limits for the keys that fit. */
    record Override(List<String> key, List<Limit> limits) {

        static Override of(RateLimiter limiter, OverrideDefinition written) {
            return new Override(
                    written.key().stream().map(limiter::shown).toList(),
                    Limit.of(written.limit(), written.window(), written.burst(), written.limits()));
        }
    }
}

package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Algorithm;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One policy: who may ask for how much in how long. Either {@code limit} and {@code window}, or {@code limits}.
 *
 * @param algorithm how it is counted; default {@code sliding-window}
 * @param limit units in a window, 1 to 1000000000; of {@code sliding-log} up to 10000
 * @param window 1ms to 31d
 * @param burst how many units a {@code token-bucket} holds; default as many as {@code limit}
 * @param limits several limits, all of which must hold; each with a window of its own
 * @param key what is counted apart: {@code client-ip}, {@code header:NAME}, {@code cookie:NAME}, {@code query:NAME}, {@code
 *     principal}, {@code claim:NAME}, {@code route}, {@code host}, {@code path}, or a list of these; default {@code client-ip}
 * @param ipv6Prefix how many bits of an IPv6 address make one client, 32 to 128; default 64
 * @param onMissingKey what becomes of a request that has no such key; default {@code client-ip}
 * @param cost how many units a request takes, 0 or more, or by method as in {@code {post: 5, other: 1}}; default 1
 * @param exempt whom it does not concern
 * @param overrides other limits for certain keys
 * @param shadow whether it only counts and tells, and refuses nobody; default {@code false}
 * @param refusal what a refused client is told
 * @param privacy whether keys are kept and shown as hashes only; by default they are where a header, a cookie, a parameter,
 *     a principal or a claim is in them
 * @param store where it is counted; by default in Redis where that is set up, else in this process
 * @param syncInterval how long units that were fetched from Redis at once may be used before they are given back; saves
 *     asking for each request; 10ms to 10s, at most half of the shortest window; default 0s, which is to ask for each
 * @param onStoreFailure what counts while Redis does not answer; default {@code local}
 * @param headers whether answers have {@code RateLimit-Policy} and {@code RateLimit}; default {@code true}
 * @param legacyHeaders whether answers have {@code X-RateLimit-Limit}, {@code -Remaining} and {@code -Reset}; default {@code
 *     false}
 * @param maxKeys how many keys this process knows at once; beyond them those that are asked for the least are forgotten;
 *     1000 to 10000000; default 100000
 */
public record RateLimitDefinition(
        @DefaultValue("sliding-window") Algorithm algorithm,
        @Nullable Long limit,
        @Nullable Duration window,
        @Nullable Long burst,
        @DefaultValue List<RateDefinition> limits,
        @DefaultValue("client-ip") List<KeySource> key,
        @DefaultValue("64") int ipv6Prefix,
        @DefaultValue("client-ip") OnMissingKey onMissingKey,
        @DefaultValue("1") CostDefinition cost,
        @DefaultValue ExemptDefinition exempt,
        @DefaultValue List<OverrideDefinition> overrides,
        @DefaultValue("false") boolean shadow,
        @DefaultValue RefusalDefinition refusal,
        @Nullable Boolean privacy,
        @Nullable StoreKind store,
        @DefaultValue("0s") Duration syncInterval,
        @DefaultValue("local") OnStoreFailure onStoreFailure,
        @DefaultValue("true") boolean headers,
        @DefaultValue("false") boolean legacyHeaders,
        @DefaultValue("100000") int maxKeys) {

    /** What becomes of a request without the key that a policy counts by. */
    public enum OnMissingKey {
        /** It counts for the client's address. */
        CLIENT_IP,
        /** It is refused with 400. */
        DENY,
        /** The policy does not concern it. */
        SKIP
    }

    /** Where a policy is counted. */
    public enum StoreKind {
        /** In this process alone. */
        LOCAL,
        /** Across all gateways. */
        REDIS
    }

    /** What counts while Redis does not answer. */
    public enum OnStoreFailure {
        /** This gateway's part of the limit, which it counts itself. */
        LOCAL,
        /** Nothing: all requests pass. */
        ALLOW,
        /** Nothing: no request passes, they are answered 503. */
        DENY
    }
}

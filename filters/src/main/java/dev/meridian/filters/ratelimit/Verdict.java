package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Grant;
import org.jspecify.annotations.Nullable;

/**
 * What all policies of a route together say to a request.
 *
 * @param kind whether it passes, and why not
 * @param policy the one that refuses, else the one that leaves the least; {@code null} where none counts
 * @param limits of the request's key in it
 * @param grant how it stands with that key
 * @param policyField {@code RateLimit-Policy}; empty where no policy is told of
 */
record Verdict(
        Kind kind,
        @Nullable Policy policy,
        @Nullable Limits limits,
        @Nullable Grant grant,
        String policyField) {

    static final Verdict UNLIMITED = new Verdict(Kind.ADMITTED, null, null, null, "");

    /** Whether it passes, and why not. */
    enum Kind {
        ADMITTED,
        REFUSED,
        /** It does not say who it comes from. */
        MISSING_KEY,
        /** Nothing can be counted, and nothing may pass uncounted. */
        UNAVAILABLE
    }
}

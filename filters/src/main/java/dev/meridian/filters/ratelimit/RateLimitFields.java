package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Grant;
import dev.meridian.routes.exchange.HeaderNames;
import java.util.List;
import org.springframework.http.HttpHeaders;

/** Tells a client how it stands: the fields of draft-ietf-httpapi-ratelimit-headers, and those from before there was one. */
final class RateLimitFields {

    private static final long SECOND = 1_000_000;

    private RateLimitFields() {}

    static void write(Verdict verdict, HttpHeaders headers) {
        Policy policy = verdict.policy();
        Limits limits = verdict.limits();
        Grant grant = verdict.grant();
        if (policy == null || limits == null || grant == null || grant.rate() < 0) {
            return;
        }
        long wait = grant.admitted() || grant.waitMicros() == Long.MAX_VALUE ? grant.resetMicros() : grant.waitMicros();
        long seconds = seconds(wait);
        if (!verdict.policyField().isEmpty()) {
            add(headers, HeaderNames.RATE_LIMIT_POLICY.toString(), verdict.policyField());
        }
        if (policy.definition().headers()) {
            add(
                    headers,
                    HeaderNames.RATE_LIMIT.toString(),
                    limits.item(grant.rate()) + ";r=" + grant.remaining() + ";t=" + seconds);
        }
        long limit = limits.rates().get(grant.rate()).limit();
        if (policy.definition().legacyHeaders()
                && (!grant.admitted() || isTightest(headers, limit, grant.remaining()))) {
            headers.set(HeaderNames.X_RATE_LIMIT_LIMIT.toString(), Long.toString(limit));
            headers.set(HeaderNames.X_RATE_LIMIT_REMAINING.toString(), Long.toString(grant.remaining()));
            headers.set(HeaderNames.X_RATE_LIMIT_RESET.toString(), Long.toString(seconds));
        }
    }

    /** These hold one value: that of the filter of a route which leaves the least. */
    private static boolean isTightest(HttpHeaders headers, long limit, long remaining) {
        String limitBefore = headers.getFirst(HeaderNames.X_RATE_LIMIT_LIMIT.toString());
        String before = headers.getFirst(HeaderNames.X_RATE_LIMIT_REMAINING.toString());
        return limitBefore == null
                || before == null
                || (double) remaining / limit < Double.parseDouble(before) / Double.parseDouble(limitBefore);
    }

    /** Both are lists: a second filter of the route adds to what the first one has said. */
    private static void add(HttpHeaders headers, String name, String value) {
        List<String> before = headers.get(name);
        headers.set(name, before == null || before.isEmpty() ? value : String.join(", ", before) + ", " + value);
    }

    /** Whole seconds, up. */
    static long seconds(long micros) {
        return micros / SECOND + (micros % SECOND == 0 ? 0 : 1);
    }
}

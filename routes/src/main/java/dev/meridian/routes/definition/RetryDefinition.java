package dev.meridian.routes.definition;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * When a request is sent again, as written under {@code retry}: each time to another endpoint, then to another region. One
 * that an upstream may have seen is sent again only if its method is idempotent (RFC 9110 §9.2.2) or its client vouches for
 * it with an {@code Idempotency-Key}.
 *
 * @param attempts how often it is sent again, 0 to 10; default 2
 * @param when what must have gone wrong; default the first three, and timeout as well where {@code per-try-timeout} is set
 * @param statuses answers that count as failures, as in 503 or 502-504; default none. An answer with {@code Retry-After} is
 *     passed on all the same, unless it asks for no more than {@code max-backoff}.
 * @param perTryTimeout how long an attempt waits for the answer's first byte from the end of the request, and at most for a
 *     connection and for TLS; default none; {@code timeout.response} bounds it as well
 * @param backoff the longest time before the first retry of a request that was sent; doubled for each further one; the time
 *     is drawn at random from 0 to it; default 25ms
 * @param maxBackoff the longest of these times; default 250ms
 * @param budget share of the requests of the last ten seconds that may be retries, over the whole upstream; 3 always may;
 *     default 20%
 * @param idempotencyKey whether a request with the field {@code Idempotency-Key} counts as idempotent; default {@code false}
 * @param replayBuffer how much of a request's body is kept to be sent again; a request with a longer one is not; default
 *     64KB
 */
public record RetryDefinition(
        @DefaultValue("2") int attempts,
        @Nullable Set<RetryCondition> when,
        @DefaultValue List<StatusRange> statuses,
        @Nullable Duration perTryTimeout,
        @DefaultValue("25ms") Duration backoff,
        @DefaultValue("250ms") Duration maxBackoff,
        @DefaultValue("20%") Percent budget,
        @DefaultValue("false") boolean idempotencyKey,
        @DefaultValue("64KB") DataSize replayBuffer) {

    private static final Set<RetryCondition> USUAL =
            Set.of(RetryCondition.CONNECT_FAILURE, RetryCondition.REFUSED_STREAM, RetryCondition.RESET_BEFORE_RESPONSE);
    private static final Set<RetryCondition> ALL = Set.of(RetryCondition.values());

    /** What must have gone wrong, as written or by default. */
    public Set<RetryCondition> conditions() {
        if (when != null) {
            return when;
        }
        return perTryTimeout == null ? USUAL : ALL;
    }
}

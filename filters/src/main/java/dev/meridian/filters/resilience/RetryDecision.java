package dev.meridian.filters.resilience;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import java.util.EnumSet;
import java.util.Set;

/** Whether a request that has failed before its answer began is sent again, and if not, why. */
public enum RetryDecision {
    /** Another endpoint may do better. */
    RETRY,
    /** The upstream may have acted on it, and acting twice is not the same as once (RFC 9110 §9.2.2). */
    NOT_SAFE,
    /** What went wrong would go wrong elsewhere too: it was the client, the gateway, or time that ran out. */
    NOT_HELPFUL,
    /** It has been sent as often as it may be. */
    EXHAUSTED;

    private static final Set<Failure> ELSEWHERE_MAYBE_NOT = EnumSet.of(
            Failure.DNS_ERROR,
            Failure.DNS_TIMEOUT,
            Failure.DESTINATION_UNROUTABLE,
            Failure.CONNECTION_REFUSED,
            Failure.CONNECTION_TIMEOUT,
            Failure.CONNECTION_TERMINATED,
            Failure.TLS_PROTOCOL_ERROR,
            Failure.TLS_CERTIFICATE_ERROR,
            Failure.HTTP_PROTOCOL_ERROR,
            Failure.HTTP_RESPONSE_INCOMPLETE,
            Failure.HTTP_UPGRADE_FAILED);

    /**
     * @param repeatable whether it may be sent once more although an upstream may have seen it
     * @param retries made so far
     * @param allowed retries in all
     */
    public static RetryDecision of(GatewayException failure, boolean repeatable, int retries, int allowed) {
        if (!ELSEWHERE_MAYBE_NOT.contains(failure.failure())) {
            return NOT_HELPFUL;
        }
        if (!repeatable && !failure.requestUnsent()) {
            return NOT_SAFE;
        }
        return retries < allowed ? RETRY : EXHAUSTED;
    }
}

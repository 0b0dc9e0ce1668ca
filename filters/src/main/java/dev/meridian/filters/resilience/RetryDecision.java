package dev.meridian.filters.resilience;

import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.definition.RetryCondition;
import dev.meridian.routes.definition.RetryDefinition;
import dev.meridian.routes.definition.StatusRange;
import org.jspecify.annotations.Nullable;

/** Whether a request is sent again that has failed, or that has got an answer which counts as a failure; if not, why. */
public enum RetryDecision {
    /** Another endpoint may do better. */
    RETRY,
    /** The upstream may have acted on it, and acting twice is not the same as once (RFC 9110 §9.2.2). */
    NOT_SAFE,
    /** Its body has been sent on and not been kept. */
    NOT_REPEATABLE,
    /** It is not among what the upstream's requests are sent again for, or it was the client, the gateway or all the time. */
    NOT_ASKED_FOR,
    /** The upstream has said when to come back, and that is too late. */
    TOLD_TO_WAIT,
    /** It has been sent as often as it may be. */
    EXHAUSTED;

    /** @param request what is known of it */
    public static RetryDecision of(RetryDefinition settings, GatewayException failure, SentRequest request) {
        RetryCondition condition = condition(failure);
        if (condition == null || !settings.conditions().contains(condition)) {
            return NOT_ASKED_FOR;
        }
        if (!request.idempotent() && !failure.unprocessed()) {
            return NOT_SAFE;
        }
        return again(settings, request);
    }

    /**
     * @param status of an answer
     * @param retryAfterMillis what it says of when to come back, negative for nothing
     */
    public static RetryDecision of(RetryDefinition settings, int status, long retryAfterMillis, SentRequest request) {
        if (!StatusRange.anyContains(settings.statuses(), status)) {
            return NOT_ASKED_FOR;
        }
        if (!request.idempotent()) {
            return NOT_SAFE;
        }
        if (retryAfterMillis > settings.maxBackoff().toMillis()) {
            return TOLD_TO_WAIT;
        }
        return again(settings, request);
    }

    private static RetryDecision again(RetryDefinition settings, SentRequest request) {
        if (!request.replayable()) {
            return NOT_REPEATABLE;
        }
        return request.retries() < settings.attempts() ? RETRY : EXHAUSTED;
    }

    /**
     * Whether the endpoint that failed so may do better a moment later: it did not listen, or broke the connection off. What
     * has taken too long would only be asked for twice.
     */
    public static boolean mayGoBack(GatewayException failure) {
        return failure.refused()
                || switch (failure.failure()) {
                    case CONNECTION_REFUSED, CONNECTION_TERMINATED, HTTP_RESPONSE_INCOMPLETE -> true;
                    default -> false;
                };
    }

    /** What has gone wrong, {@code null} where no other endpoint would do better. */
    private static @Nullable RetryCondition condition(GatewayException failure) {
        if (failure.refused()) {
            return RetryCondition.REFUSED_STREAM;
        }
        return switch (failure.failure()) {
            case DNS_ERROR,
                    DNS_TIMEOUT,
                    DESTINATION_UNROUTABLE,
                    CONNECTION_REFUSED,
                    CONNECTION_TIMEOUT,
                    TLS_TIMEOUT,
                    TLS_PROTOCOL_ERROR,
                    TLS_CERTIFICATE_ERROR -> RetryCondition.CONNECT_FAILURE;
            case CONNECTION_TERMINATED ->
                failure.requestUnsent() ? RetryCondition.CONNECT_FAILURE : RetryCondition.RESET_BEFORE_RESPONSE;
            case HTTP_PROTOCOL_ERROR, HTTP_RESPONSE_INCOMPLETE, HTTP_UPGRADE_FAILED ->
                RetryCondition.RESET_BEFORE_RESPONSE;
            case HTTP_RESPONSE_TIMEOUT, CONNECTION_WRITE_TIMEOUT -> RetryCondition.TIMEOUT;
            default -> null;
        };
    }
}

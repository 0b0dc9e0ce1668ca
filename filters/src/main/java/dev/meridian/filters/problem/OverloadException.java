package dev.meridian.filters.problem;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * A request that is shed because of how many are under way already. No {@link java.io.IOException} as {@link
 * GatewayException} is: Spring Cloud Gateway's own {@code Retry} must not ask again at once.
 */
public final class OverloadException extends ResponseStatusException {

    private static final long serialVersionUID = 1L;

    /** The upstream's limit is reached. */
    public static OverloadException ofUpstream() {
        return new OverloadException(Failure.UPSTREAM_OVERLOADED);
    }

    /** The gateway's own limit is reached. */
    public static OverloadException ofGateway() {
        return new OverloadException(Failure.GATEWAY_OVERLOADED);
    }

    private final Failure failure;

    private OverloadException(Failure failure) {
        super(HttpStatus.SERVICE_UNAVAILABLE, failure.title());
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this; // shedding must be cheap
    }
}

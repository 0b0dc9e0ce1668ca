package dev.meridian.filters.problem;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Failure} on its way to the client. An {@link IOException}, so that Spring Cloud Gateway's own {@code Retry}
 * filter treats it as a failure of the network; without a stack trace, since it says where it happened itself.
 */
public final class GatewayException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Failure failure;
    private final boolean requestUnsent;

    private GatewayException(Failure failure, String detail, @Nullable Throwable cause, boolean requestUnsent) {
        super(detail, cause);
        this.failure = failure;
        this.requestUnsent = requestUnsent;
    }

    public static GatewayException of(Failure failure) {
        return new GatewayException(failure, failure.title(), null, false);
    }

    /** @param detail what the client may read about it; without internal addresses */
    public static GatewayException of(Failure failure, String detail) {
        return new GatewayException(failure, detail, null, false);
    }

    public static GatewayException of(Failure failure, @Nullable Throwable cause) {
        return new GatewayException(failure, failure.title(), cause, false);
    }

    /** A failure before any byte of the request was sent: sending it elsewhere is always safe. */
    public static GatewayException unsent(Failure failure, @Nullable Throwable cause) {
        return new GatewayException(failure, failure.title(), cause, true);
    }

    public Failure failure() {
        return failure;
    }

    /** Whether no byte of the request has reached an upstream. */
    public boolean requestUnsent() {
        return requestUnsent;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}

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
    private final Reached reached;

    private GatewayException(Failure failure, String detail, @Nullable Throwable cause, Reached reached) {
        super(detail, cause);
        this.failure = failure;
        this.reached = reached;
    }

    public static GatewayException of(Failure failure) {
        return new GatewayException(failure, failure.title(), null, Reached.PERHAPS);
    }

    /** @param detail what the client may read about it; without internal addresses */
    public static GatewayException of(Failure failure, String detail) {
        return new GatewayException(failure, detail, null, Reached.PERHAPS);
    }

    public static GatewayException of(Failure failure, @Nullable Throwable cause) {
        return new GatewayException(failure, failure.title(), cause, Reached.PERHAPS);
    }

    /** A failure before any byte of the request was sent: sending it elsewhere is always safe. */
    public static GatewayException unsent(Failure failure, @Nullable Throwable cause) {
        return new GatewayException(failure, failure.title(), cause, Reached.NOTHING);
    }

    /** The upstream has said that it has not looked at the request (RFC 9113 §8.7): sending it elsewhere is safe as well. */
    public static GatewayException refused(Failure failure, @Nullable Throwable cause) {
        return new GatewayException(failure, failure.title(), cause, Reached.REFUSED);
    }

    public Failure failure() {
        return failure;
    }

    /** Whether no byte of the request has reached an upstream. */
    public boolean requestUnsent() {
        return reached == Reached.NOTHING;
    }

    /** Whether the upstream has it, and has said that it has not looked at it. */
    public boolean refused() {
        return reached == Reached.REFUSED;
    }

    /** Whether it is certain that no upstream has acted on the request. */
    public boolean unprocessed() {
        return reached != Reached.PERHAPS;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    /** What of the request the upstream has. */
    private enum Reached {
        NOTHING,
        REFUSED,
        PERHAPS
    }
}

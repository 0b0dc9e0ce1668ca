package dev.meridian.routes.refresh;

/** There is no such configuration to go back to. */
public final class UnknownSnapshotException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnknownSnapshotException(String message) {
        super(message, null, false, false);
    }
}

package dev.meridian.gateway.command;

/** The command line is not as the command wants it; the message says what would be right. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message, null, false, false);
    }
}

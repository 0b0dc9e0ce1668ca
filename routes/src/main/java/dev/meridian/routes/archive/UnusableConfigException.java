package dev.meridian.routes.archive;

/** What was read is not to be started with, although nothing in it is wrong; the message says why. */
final class UnusableConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnusableConfigException(String message) {
        super(message, null, false, false);
    }
}

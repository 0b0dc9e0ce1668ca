package dev.meridian.gateway.startup;

/** A configuration file that is there, but cannot be read. */
final class UnreadableConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String advice;

    UnreadableConfigException(String message, String advice) {
        super(message);
        this.advice = advice;
    }

    String advice() {
        return advice;
    }
}

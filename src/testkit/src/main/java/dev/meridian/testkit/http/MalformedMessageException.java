package dev.meridian.testkit.http;

/** What arrived is not an HTTP/1.1 message. */
public final class MalformedMessageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** States what was wrong, and what was expected. */
    public MalformedMessageException(String message) {
        super(message);
    }
}

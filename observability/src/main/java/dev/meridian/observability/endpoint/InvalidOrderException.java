package dev.meridian.observability.endpoint;

/** An order that cannot be carried out; the message says what would be right. */
final class InvalidOrderException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidOrderException(String name, Object value, String expected) {
        super(name + ": " + value + " (expected: " + expected + ")", null, false, false);
    }
}

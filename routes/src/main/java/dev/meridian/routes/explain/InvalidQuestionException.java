package dev.meridian.routes.explain;

/** A question that has no answer; the message says what would be right. */
public final class InvalidQuestionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidQuestionException(String name, Object value, String expected) {
        super(name + ": " + value + " (expected: " + expected + ")", null, false, false);
    }
}

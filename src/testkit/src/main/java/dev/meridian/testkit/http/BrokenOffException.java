package dev.meridian.testkit.http;

import java.io.IOException;

/** The connection ended in the middle of a message. */
public final class BrokenOffException extends IOException {

    private static final long serialVersionUID = 1L;

    /** States where in the message it ended. */
    public BrokenOffException(String where) {
        super("connection ended: " + where);
    }
}

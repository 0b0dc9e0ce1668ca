package dev.meridian.testkit.http;

import java.util.Locale;

/**
 * One header field, its name spelled as it was sent.
 *
 * @param name the field's name, in the sender's case
 * @param value the field's value, without the white space around it
 */
public record Header(String name, String value) {

    /** Whether this is the field {@code other}; the case of names does not matter. */
    public boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }

    String lowerName() {
        return name.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return name + ": " + value;
    }
}

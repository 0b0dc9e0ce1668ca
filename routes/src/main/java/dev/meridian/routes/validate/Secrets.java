package dev.meridian.routes.validate;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Keeps passwords out of reports. */
final class Secrets {

    private static final Pattern SECRET =
            Pattern.compile("(?i).*(?:passw|secret|token|credential|private-?key|api-?key|authorization).*");

    private Secrets() {}

    /** The value, unless its name sounds like a secret. */
    static @Nullable Object shown(String name, @Nullable Object value) {
        return value != null && SECRET.matcher(name).matches() ? "******" : value;
    }
}

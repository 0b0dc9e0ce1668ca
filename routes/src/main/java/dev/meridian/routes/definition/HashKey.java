package dev.meridian.routes.definition;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What of a request is hashed; written as {@code client-ip}, {@code path}, {@code header:NAME}, {@code cookie:NAME} or
 * {@code query:NAME}.
 *
 * @param name of the header, cookie or parameter; {@code null} for the other two
 */
public record HashKey(Source source, @Nullable String name) {

    /** Where the key is found. */
    public enum Source {
        CLIENT_IP,
        PATH,
        HEADER,
        COOKIE,
        QUERY
    }

    /** @throws IllegalArgumentException for anything but the five forms */
    public static HashKey of(String text) {
        String trimmed = text.trim();
        int colon = trimmed.indexOf(':');
        String kind = (colon < 0 ? trimmed : trimmed.substring(0, colon)).toLowerCase(Locale.ROOT);
        String name = colon < 0 ? null : trimmed.substring(colon + 1).trim();
        boolean named = name != null && !name.isEmpty();
        if (kind.equals("client-ip") && name == null) {
            return new HashKey(Source.CLIENT_IP, null);
        } else if (kind.equals("path") && name == null) {
            return new HashKey(Source.PATH, null);
        } else if (kind.equals("header") && named) {
            return new HashKey(Source.HEADER, name);
        } else if (kind.equals("cookie") && named) {
            return new HashKey(Source.COOKIE, name);
        } else if (kind.equals("query") && named) {
            return new HashKey(Source.QUERY, name);
        }
        throw new IllegalArgumentException(
                text + " (expected: client-ip, path, header:NAME, cookie:NAME or query:NAME)");
    }
}

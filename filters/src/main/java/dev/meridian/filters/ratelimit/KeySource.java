package dev.meridian.filters.ratelimit;

import dev.meridian.routes.definition.Spelling;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of a request a policy counts by; written as {@code client-ip}, {@code header:NAME}, {@code cookie:NAME}, {@code
 * query:NAME}, {@code principal}, {@code claim:NAME}, {@code route}, {@code host} or {@code path}.
 *
 * @param name of the header, cookie, parameter or claim; {@code null} for the others
 */
public record KeySource(Kind kind, @Nullable String name) {

    /** Where the key is found. */
    public enum Kind {
        CLIENT_IP(false, false),
        HEADER(true, true),
        COOKIE(true, true),
        QUERY(true, true),
        PRINCIPAL(false, true),
        CLAIM(true, true),
        ROUTE(false, false),
        HOST(false, false),
        PATH(false, false);

        private final boolean named;
        private final boolean personal;

        Kind(boolean named, boolean personal) {
            this.named = named;
            this.personal = personal;
        }

        /** Whether what it finds may be a secret, or somebody's name. */
        boolean isPersonal() {
            return personal;
        }
    }

    private static final String FORMS =
            "client-ip, header:NAME, cookie:NAME, query:NAME, principal, claim:NAME, route, host or path";

    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2">RFC 9110 §5.6.2</a>. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** @throws IllegalArgumentException for anything but these forms */
    public static KeySource of(String text) {
        String trimmed = text.trim();
        int colon = trimmed.indexOf(':');
        String written = (colon < 0 ? trimmed : trimmed.substring(0, colon)).toLowerCase(Locale.ROOT);
        String name = colon < 0 ? null : trimmed.substring(colon + 1).trim();
        for (Kind kind : Kind.values()) {
            if (Spelling.written(kind).equals(written) && kind.named == (name != null) && isValid(kind, name)) {
                return new KeySource(kind, name);
            }
        }
        throw new IllegalArgumentException(text + " (expected: " + FORMS + ")");
    }

    private static boolean isValid(Kind kind, @Nullable String name) {
        boolean token = kind == Kind.HEADER || kind == Kind.COOKIE;
        return name == null || (token ? isToken(name) : !name.isEmpty());
    }

    /** Whether a header may be called so. */
    static boolean isToken(String name) {
        return TOKEN.matcher(name).matches();
    }

    @Override
    public String toString() {
        return name == null ? Spelling.written(kind) : Spelling.written(kind) + ":" + name;
    }
}

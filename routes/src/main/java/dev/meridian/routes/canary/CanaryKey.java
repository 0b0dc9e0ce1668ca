package dev.meridian.routes.canary;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of a request stands for its client; written as {@code cookie}, {@code cookie:NAME}, {@code header:NAME} or {@code
 * client-ip}.
 *
 * @param name of the header or cookie, the gateway's own cookie included; {@code null} for the address
 */
public record CanaryKey(Source source, @Nullable String name) {

    /** Where the key is found. */
    public enum Source {
        /** A cookie that the gateway sets itself. */
        OWN_COOKIE,
        COOKIE,
        HEADER,
        CLIENT_IP
    }

    /** The gateway's own cookie. */
    static final String OWN_COOKIE = "meridian-canary";

    static final String FORMS = "cookie, cookie:NAME, header:NAME or client-ip";

    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2">RFC 9110 §5.6.2</a>. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** The key, or {@code null} for anything but the four forms. */
    static @Nullable CanaryKey parse(String text) {
        String trimmed = text.trim();
        int colon = trimmed.indexOf(':');
        String kind = (colon < 0 ? trimmed : trimmed.substring(0, colon)).toLowerCase(Locale.ROOT);
        if (colon < 0) {
            return switch (kind) {
                case "cookie" -> new CanaryKey(Source.OWN_COOKIE, OWN_COOKIE);
                case "client-ip" -> new CanaryKey(Source.CLIENT_IP, null);
                default -> null;
            };
        }
        String name = trimmed.substring(colon + 1).trim();
        if (!TOKEN.matcher(name).matches()) {
            return null;
        }
        return switch (kind) {
            case "cookie" -> new CanaryKey(Source.COOKIE, name);
            case "header" -> new CanaryKey(Source.HEADER, name);
            default -> null;
        };
    }
}

package dev.meridian.filters.forward;

import dev.meridian.routes.exchange.HeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;

/**
 * The fields that end at the gateway (<a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1">RFC 9110 §7.6.1</a>).
 * Names are told apart by their length first, since this is asked for each field of each message.
 */
final class HopByHop {

    private static final AsciiString X_APPLICATION_CONTEXT = AsciiString.cached("x-application-context");

    private HopByHop() {}

    /** Fields that concern one connection only, whichever way the message goes. */
    static boolean isHopByHop(CharSequence name) {
        return switch (name.length()) {
            case 2 -> is(HeaderNames.TE, name);
            case 7 -> is(HeaderNames.UPGRADE, name);
            case 10 -> is(HeaderNames.CONNECTION, name) || is(HeaderNames.KEEP_ALIVE, name);
            case 16 -> is(HeaderNames.PROXY_CONNECTION, name);
            case 17 -> is(HeaderNames.TRANSFER_ENCODING, name);
            case 18 -> is(HeaderNames.PROXY_AUTHENTICATE, name);
            case 19 -> is(HeaderNames.PROXY_AUTHORIZATION, name);
            case 21 -> is(X_APPLICATION_CONTEXT, name);
            default -> false;
        };
    }

    /** Request fields that the gateway writes itself, in place of what the client sent. */
    static boolean isRewritten(CharSequence name) {
        return switch (name.length()) {
            case 3 -> is(HeaderNames.VIA, name);
            case 4 -> is(HeaderNames.HOST, name);
            case 6 -> is(HeaderNames.EXPECT, name);
            case 7 -> is(HeaderNames.TRAILER, name);
            case 9 -> is(HeaderNames.FORWARDED, name);
            case 11 -> is(HeaderNames.TRACEPARENT, name);
            case 14 -> is(HeaderNames.CONTENT_LENGTH, name);
            case 15 -> is(HeaderNames.X_FORWARDED_FOR, name);
            case 16 -> is(HeaderNames.X_FORWARDED_HOST, name) || is(HeaderNames.X_FORWARDED_PORT, name);
            case 17 -> is(HeaderNames.X_FORWARDED_PROTO, name);
            case 18 -> is(HeaderNames.X_FORWARDED_PREFIX, name);
            default -> false;
        };
    }

    /** The names that {@code Connection} lists besides its own options, lower-case. */
    static Set<String> listed(HttpHeaders headers) {
        Iterator<? extends CharSequence> lines = headers.valueCharSequenceIterator(HeaderNames.CONNECTION);
        if (!lines.hasNext()) {
            return Set.of();
        }
        CharSequence first = lines.next();
        boolean plain = AsciiString.contentEqualsIgnoreCase(first, "keep-alive")
                || AsciiString.contentEqualsIgnoreCase(first, "close");
        if (plain && !lines.hasNext()) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        for (String line : headers.getAll(HeaderNames.CONNECTION)) {
            for (String name : line.split(",", -1)) {
                names.add(name.trim().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    private static boolean is(AsciiString expected, CharSequence name) {
        return expected.contentEqualsIgnoreCase(name);
    }
}

package dev.meridian.filters.client;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the addresses out of {@code Forwarded} (<a href="https://www.rfc-editor.org/rfc/rfc7239#section-4">RFC 7239
 * §4</a>) and {@code X-Forwarded-For}, in the order in which proxies added them. What is no address (an obfuscated name,
 * {@code unknown}, rubbish) is a {@code null} in the list: it ends the part that can be believed.
 */
final class ForwardedFor {

    /** More hops than any real path has; longer lists are an attack on whoever reads them. */
    private static final int MAX_HOPS = 64;

    private ForwardedFor() {}

    static List<@Nullable InetAddress> xForwardedFor(List<String> lines) {
        List<@Nullable InetAddress> hops = new ArrayList<>();
        for (String line : lines) {
            for (String item : line.split(",", -1)) {
                hops.add(node(item.trim()));
            }
        }
        return last(hops);
    }

    static List<@Nullable InetAddress> forwarded(List<String> lines) {
        List<@Nullable InetAddress> hops = new ArrayList<>();
        for (String line : lines) {
            for (String element : split(line, ',')) {
                hops.add(node(value(element, "for")));
            }
        }
        return last(hops);
    }

    /** What the proxy that named the client says of the scheme it was asked in, or {@code null}. */
    static @Nullable String proto(List<String> lines, InetAddress client) {
        String found = null;
        for (String line : lines) {
            for (String element : split(line, ',')) {
                if (client.equals(node(value(element, "for")))) {
                    String proto = value(element, "proto");
                    found = proto.isEmpty() ? found : proto;
                }
            }
        }
        return found;
    }

    /** The value of a pair, unquoted; empty where there is none of that name. */
    private static String value(String element, String name) {
        String found = "";
        for (String pair : split(element, ';')) {
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).trim().equalsIgnoreCase(name)) {
                found = unquote(pair.substring(equals + 1).trim());
            }
        }
        return found;
    }

    /** An address, with or without a port: {@code 1.2.3.4}, {@code 1.2.3.4:80}, {@code [::1]:80}, {@code ::1}. */
    private static @Nullable InetAddress node(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end < 0 ? null : AddressLiteral.parse(text.substring(0, end + 1));
        }
        int colon = text.indexOf(':');
        boolean port = colon >= 0 && colon == text.lastIndexOf(':');
        return AddressLiteral.parse(port ? text.substring(0, colon) : text);
    }

    /** Splits outside of quoted strings; a quote that is never closed is none, and hides nothing that stands behind it. */
    private static List<String> split(String text, char separator) {
        List<String> parts = split(text, separator, true);
        return parts.isEmpty() ? split(text, separator, false) : parts;
    }

    /** @return nothing where a quote stays open */
    private static List<String> split(String text, char separator, boolean quotes) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"' && quotes) {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return quoted ? List.of() : parts;
    }

    private static String unquote(String text) {
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1).replace("\\", "") : text;
    }

    private static List<@Nullable InetAddress> last(List<@Nullable InetAddress> hops) {
        return hops.size() <= MAX_HOPS ? hops : hops.subList(hops.size() - MAX_HOPS, hops.size());
    }
}

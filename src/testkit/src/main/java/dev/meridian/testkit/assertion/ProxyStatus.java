package dev.meridian.testkit.assertion;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One member of a {@code Proxy-Status} field (RFC 9209).
 *
 * @param proxy the intermediary's name
 * @param parameters its parameters, strings without their quotes
 */
public record ProxyStatus(String proxy, Map<String, String> parameters) {

    private static final String TOKEN = "[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*";
    private static final String STRING = "\"(?:[ !#-\\[\\]-~]|\\\\[\"\\\\])*\"";
    private static final String NUMBER = "-?[0-9]{1,15}(?:\\.[0-9]{1,3})?";
    private static final Pattern NAME = Pattern.compile(TOKEN + "|" + STRING);
    private static final Pattern PARAMETER =
            Pattern.compile(" *; *([a-z*][a-z0-9_.*-]*)(?:=(" + TOKEN + "|" + STRING + "|" + NUMBER + "|\\?[01]))?");
    private static final Pattern COMMA = Pattern.compile("[ \\t]*,[ \\t]*");

    /** The members of a field, the one nearest to the origin first; fails when it is no list of RFC 8941. */
    public static List<ProxyStatus> parse(String field) {
        List<ProxyStatus> members = new ArrayList<>();
        Matcher at = NAME.matcher(field);
        int position = 0;
        while (true) {
            if (!at.usePattern(NAME).region(position, field.length()).lookingAt()) {
                throw malformed(field, position, "token or string");
            }
            String proxy = unquoted(at.group());
            position = at.end();
            Map<String, String> parameters = new LinkedHashMap<>();
            while (at.usePattern(PARAMETER).region(position, field.length()).lookingAt()) {
                parameters.put(at.group(1), at.group(2) == null ? "?1" : unquoted(at.group(2)));
                position = at.end();
            }
            members.add(new ProxyStatus(proxy, Map.copyOf(parameters)));
            if (position == field.length()) {
                return members;
            }
            if (!at.usePattern(COMMA).region(position, field.length()).lookingAt()) {
                throw malformed(field, position, "comma or end");
            }
            position = at.end();
        }
    }

    /** The type of error, if the member names one. */
    public Optional<String> error() {
        return Optional.ofNullable(parameters.get("error"));
    }

    private static String unquoted(String item) {
        return item.startsWith("\"") ? item.substring(1, item.length() - 1).replaceAll("\\\\(.)", "$1") : item;
    }

    private static AssertionError malformed(String field, int position, String expected) {
        return new AssertionError("Proxy-Status: " + field + " (expected: " + expected + " at " + position + ")");
    }
}

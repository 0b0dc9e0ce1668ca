package dev.meridian.routes.validate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds routes that no request ever reaches, since an earlier one takes all of theirs. Says so only where it is sure: of
 * stock predicates, compared by their text.
 */
final class Shadowing {

    /** Stock predicates that say the same of a request each time they are asked with the same arguments. */
    private static final Set<String> KNOWN = Set.of(
            "After",
            "Before",
            "Between",
            "Cookie",
            "Header",
            "Host",
            "Method",
            "Path",
            "Query",
            "RemoteAddr",
            "XForwardedRemoteAddr");

    private static final String ANY = "";

    /**
     * A route as it is compared.
     *
     * @param number its place in the order of matching
     * @param conditions that must hold all together
     */
    record Candidate(int number, List<Condition> conditions) {}

    private Shadowing() {}

    /**
     * By the number of each shadowed route, that of the first one that shadows it.
     *
     * @param routes in the order of matching
     */
    static Map<Integer, Integer> find(List<Candidate> routes) {
        Map<Integer, Integer> shadowed = new HashMap<>();
        // By how the path begins, as far as it is plain: most routes have nothing to do with each other.
        Map<String, List<Candidate>> earlier = new HashMap<>();
        for (Candidate route : routes) {
            Set<String> starts = starts(route);
            Set<String> looked = new LinkedHashSet<>();
            starts.forEach(start -> addWider(start, looked));
            Candidate first = null;
            for (String start : looked) {
                for (Candidate other : earlier.getOrDefault(start, List.of())) {
                    if ((first == null || other.number() < first.number()) && takesAll(other, route)) {
                        first = other;
                        break;
                    }
                }
            }
            if (first != null) {
                shadowed.put(route.number(), first.number());
            }
            starts.forEach(start ->
                    earlier.computeIfAbsent(start, key -> new ArrayList<>()).add(route));
        }
        return shadowed;
    }

    private static Set<String> starts(Candidate route) {
        Set<String> starts = new HashSet<>();
        for (Condition condition : route.conditions()) {
            if (condition.predicate().equals("Path")) {
                for (String pattern : condition.values()) {
                    StringBuilder start = new StringBuilder();
                    for (String segment : segments(pattern)) {
                        if (!isPlain(segment)) {
                            break;
                        }
                        start.append('/').append(segment);
                    }
                    starts.add(start.toString());
                }
                return starts;
            }
        }
        return Set.of(ANY);
    }

    /** The start, and all that it starts with itself. */
    private static void addWider(String start, Set<String> into) {
        for (String wider = start; !wider.isEmpty(); wider = wider.substring(0, wider.lastIndexOf('/'))) {
            into.add(wider);
        }
        into.add(ANY);
    }

    private static boolean isPlain(String segment) {
        return segment.chars().noneMatch(c -> c == '*' || c == '?' || c == '{' || c == '}');
    }

    /** Whether each condition of the first is implied by one of the second. */
    static boolean takesAll(Candidate first, Candidate second) {
        return first.conditions().stream()
                .allMatch(wide -> second.conditions().stream().anyMatch(narrow -> implies(narrow, wide)));
    }

    private static boolean implies(Condition narrow, Condition wide) {
        if (!narrow.predicate().equals(wide.predicate()) || !KNOWN.contains(wide.predicate())) {
            return false;
        }
        return switch (wide.predicate()) {
            case "Path" ->
                narrow.values().stream()
                        .allMatch(pattern -> wide.values().stream().anyMatch(wider -> coversPath(wider, pattern)));
            case "Host" ->
                narrow.values().stream()
                        .allMatch(host -> wide.values().stream().anyMatch(wider -> coversHost(wider, host)));
            case "Method", "RemoteAddr", "XForwardedRemoteAddr" -> wide.values().containsAll(narrow.values());
            default -> wide.values().equals(narrow.values());
        };
    }

    /** Whether what the second pattern matches, the first one does too. */
    static boolean coversPath(String wide, String narrow) {
        if (wide.equals(narrow)) {
            return true;
        }
        String[] wider = segments(wide);
        String[] segments = segments(narrow);
        for (int i = 0; i < wider.length; i++) {
            if (isRest(wider[i])) {
                return i == wider.length - 1;
            }
            if (i >= segments.length || isRest(segments[i])) {
                return false;
            }
            if (!wider[i].equals(segments[i]) && !isAny(wider[i])) {
                return false;
            }
        }
        return wider.length == segments.length && wide.endsWith("/") == narrow.endsWith("/");
    }

    private static boolean coversHost(String wide, String narrow) {
        String wider = wide.toLowerCase(Locale.ROOT);
        String host = narrow.toLowerCase(Locale.ROOT);
        if (wider.equals(host) || wider.equals("**")) {
            return true;
        }
        // **.example.org covers example.org and whatever ends so.
        String end = wider.startsWith("**.") ? wider.substring(3) : "";
        boolean plain =
                !end.isEmpty() && end.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '.');
        return plain && (host.equals(end) || host.endsWith("." + end));
    }

    private static String[] segments(String pattern) {
        String path = pattern.startsWith("/") ? pattern.substring(1) : pattern;
        return path.isEmpty() ? new String[0] : path.split("/");
    }

    private static boolean isRest(String segment) {
        return segment.equals("**") || segment.startsWith("{*");
    }

    /** Whether any one segment matches. */
    private static boolean isAny(String segment) {
        return segment.equals("*")
                || segment.startsWith("{")
                        && segment.endsWith("}")
                        && segment.indexOf('{', 1) < 0
                        && segment.indexOf(':') < 0
                        && !isRest(segment);
    }
}

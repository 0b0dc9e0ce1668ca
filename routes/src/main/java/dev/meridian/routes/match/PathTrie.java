package dev.meridian.routes.match;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Routes by the patterns of their paths, segment by segment. It finds at least the routes whose pattern matches: a segment
 * with anything but plain text counts as any segment, and from {@code **} or {@code {*rest}} on anything counts.
 */
final class PathTrie {

    private final Node root = new Node();
    private final RouteList anyPath = new RouteList();

    /** @param number not less than any before */
    void add(String pattern, int number) {
        if (!pattern.startsWith("/") || pattern.contains("//")) {
            anyPath.add(number);
            return;
        }
        Node node = root;
        int from = 1;
        while (from < pattern.length()) {
            int end = pattern.indexOf('/', from);
            String segment = pattern.substring(from, end < 0 ? pattern.length() : end);
            if (isRest(segment)) {
                node.rest.add(number);
                return;
            }
            node = node.child(segment);
            from = end < 0 ? pattern.length() : end + 1;
        }
        node.here.add(number);
    }

    void addAnyPath(int number) {
        anyPath.add(number);
    }

    /** Whether from here on anything may match: also where the slash may stand inside a variable's expression. */
    private static boolean isRest(String segment) {
        return segment.contains("**")
                || segment.contains("{*")
                || segment.chars().filter(c -> c == '{').count()
                        != segment.chars().filter(c -> c == '}').count();
    }

    /**
     * Adds the routes whose patterns may match.
     *
     * @param segments of the request's path, decoded, without parameters, without empty ones
     */
    void find(String[] segments, int count, Candidates into) {
        into.add(anyPath.numbers());
        find(root, segments, 0, count, into);
    }

    private static void find(Node node, String[] segments, int depth, int count, Candidates into) {
        into.add(node.rest.numbers());
        Node any = node.any;
        if (depth == count) {
            into.add(node.here.numbers());
            if (any != null) {
                // A star at the end matches what is not there, behind a slash.
                into.add(any.here.numbers());
                into.add(any.rest.numbers());
            }
            return;
        }
        Node literal = node.literal(segments[depth]);
        if (literal != null) {
            find(literal, segments, depth + 1, count, into);
        }
        if (any != null) {
            find(any, segments, depth + 1, count, into);
        }
    }

    /** Ends the building: from here on many threads may read. */
    void freeze() {
        anyPath.numbers();
        root.freeze();
    }

    private static final class Node {

        private final RouteList here = new RouteList();
        private final RouteList rest = new RouteList();
        private @Nullable Map<String, Node> literals;
        private @Nullable Node any;

        @Nullable
        Node literal(String segment) {
            Map<String, Node> children = literals;
            return children == null ? null : children.get(segment);
        }

        Node child(String segment) {
            boolean plain = segment.chars().noneMatch(c -> c == '*' || c == '?' || c == '{' || c == '}' || c == '\\');
            if (plain) {
                Map<String, Node> children = literals;
                if (children == null) {
                    children = new HashMap<>();
                    literals = children;
                }
                return children.computeIfAbsent(segment, key -> new Node());
            }
            Node child = any;
            if (child == null) {
                child = new Node();
                any = child;
            }
            return child;
        }

        void freeze() {
            here.numbers();
            rest.numbers();
            if (literals != null) {
                literals.values().forEach(Node::freeze);
            }
            if (any != null) {
                any.freeze();
            }
        }
    }
}

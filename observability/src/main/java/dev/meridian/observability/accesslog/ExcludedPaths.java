package dev.meridian.observability.accesslog;

import java.util.List;

/** Paths that are not logged: each as it is, or with all below it. Compared as the client sent them. */
final class ExcludedPaths {

    private static final String ALL_BELOW = "/**";

    private final String[] exact;
    private final String[] parents;

    /** @param patterns {@linkplain #isValid valid} ones */
    ExcludedPaths(List<String> patterns) {
        this.exact = patterns.stream().filter(p -> !p.endsWith(ALL_BELOW)).toArray(String[]::new);
        this.parents = patterns.stream()
                .filter(p -> p.endsWith(ALL_BELOW))
                .map(p -> p.substring(0, p.length() - ALL_BELOW.length()))
                .toArray(String[]::new);
    }

    /** Whether it is a path, with no other wildcard than {@code /**} at its end. */
    static boolean isValid(String pattern) {
        String path =
                pattern.endsWith(ALL_BELOW) ? pattern.substring(0, pattern.length() - ALL_BELOW.length()) : pattern;
        boolean all = path.isEmpty() && !pattern.isEmpty();
        return all || path.startsWith("/") && path.indexOf('*') < 0 && path.indexOf('?') < 0;
    }

    boolean contains(String path) {
        for (String one : exact) {
            if (path.equals(one)) {
                return true;
            }
        }
        for (String parent : parents) {
            if (path.startsWith(parent) && (path.length() == parent.length() || path.charAt(parent.length()) == '/')) {
                return true;
            }
        }
        return false;
    }
}

package dev.meridian.routes.match;

import dev.meridian.routes.canary.RouteWeight;
import dev.meridian.routes.canary.WeightedGroups;
import dev.meridian.routes.upstream.UpstreamView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.PathContainer;
import org.springframework.web.server.ServerWebExchange;

/**
 * The routes of one configuration, found by host and path. What it finds for a request is at least all routes that match
 * it, in the order of matching; what that costs does not grow with the number of routes. Immutable.
 */
final class RouteIndex {

    /** Longer paths than this have all that is deeper looked at as one. */
    private static final int MAX_DEPTH = 32;

    private final PreparedRoute[] routes;
    private final UpstreamView upstreams;
    private final int[] all;
    private final WeightedGroups groups;
    private final HostNode hosts = new HostNode();
    private final PathTrie anyHost = new PathTrie();

    /**
     * @param routes in the order of matching
     * @param upstreams that the routes name
     * @param pathsIndexed whether paths may be told apart by their patterns: not, where a base path is put before them
     * @param hostsIndexed whether the {@code Host} predicate sees the header as it stands
     */
    RouteIndex(List<PreparedRoute> routes, UpstreamView upstreams, boolean pathsIndexed, boolean hostsIndexed) {
        this.upstreams = upstreams;
        this.routes = routes.toArray(new PreparedRoute[0]);
        this.all = new int[this.routes.length];
        List<RouteWeight> weights = new ArrayList<>();
        for (int i = 0; i < this.routes.length; i++) {
            all[i] = i;
            weights.addAll(this.routes[i].weights());
            RouteCondition condition = this.routes[i].condition();
            List<String> paths = pathsIndexed ? condition.paths() : null;
            List<String> names = hostsIndexed ? condition.hosts() : null;
            if (names == null) {
                add(anyHost, paths, i);
            } else {
                for (String name : names) {
                    add(hosts.trie(name), paths, i);
                }
            }
        }
        groups = WeightedGroups.of(weights);
        anyHost.freeze();
        hosts.freeze();
    }

    private static void add(PathTrie trie, @Nullable List<String> paths, int number) {
        if (paths == null) {
            trie.addAnyPath(number);
        } else {
            paths.forEach(path -> trie.add(path, number));
        }
    }

    UpstreamView upstreams() {
        return upstreams;
    }

    PreparedRoute route(int number) {
        return routes[number];
    }

    List<PreparedRoute> routes() {
        return List.of(routes);
    }

    /** The groups that its routes have weights in. */
    WeightedGroups groups() {
        return groups;
    }

    /** The routes that are to be asked whether they match. */
    Candidates candidates(ServerWebExchange exchange) {
        Candidates found = new Candidates();
        // As the stock Path predicate does it, which then finds it done.
        PathContainer path = (PathContainer) exchange.getAttributes()
                .computeIfAbsent(
                        ServerWebExchangeUtils.GATEWAY_PREDICATE_PATH_CONTAINER_ATTR,
                        key -> PathContainer.parsePath(
                                exchange.getRequest().getURI().getRawPath()));
        // At most every other element is a segment.
        String[] segments = new String[Math.min(MAX_DEPTH, path.elements().size() / 2)];
        int count = segments(path, segments);
        if (count < 0) {
            found.add(all); // a path of an odd shape: every route is asked
            return found;
        }
        anyHost.find(segments, count, found);
        if (!hosts.isEmpty()) {
            String host = exchange.getRequest().getHeaders().getFirst(HttpHeaders.HOST);
            if (host != null) {
                hosts.find(labels(host), segments, count, found);
            }
        }
        return found;
    }

    /** @return how many; -1 for a path that does not begin with a slash, has empty segments, or is very deep */
    private static int segments(PathContainer path, String[] into) {
        int count = 0;
        boolean slash = false;
        for (PathContainer.Element element : path.elements()) {
            if (element instanceof PathContainer.PathSegment segment) {
                if (!slash || count == into.length) {
                    return -1;
                }
                into[count++] = segment.valueToMatch();
                slash = false;
            } else if (slash) {
                return -1;
            } else {
                slash = true;
            }
        }
        return path.elements().isEmpty() ? -1 : count;
    }

    /** The parts between dots, the last one first; empty ones do not count, as to the stock matcher. */
    private static List<String> labels(String host) {
        List<String> labels = new ArrayList<>(4);
        int end = host.length();
        for (int i = end - 1; i >= -1; i--) {
            if (i < 0 || host.charAt(i) == '.') {
                if (i + 1 < end) {
                    labels.add(host.substring(i + 1, end));
                }
                end = i;
            }
        }
        return labels;
    }

    /** Hosts by their labels from the last one on, as far as these are plain text. */
    private static final class HostNode {

        private final Map<String, HostNode> children = new HashMap<>();
        private @Nullable PathTrie here;
        private @Nullable PathTrie below;

        PathTrie trie(String pattern) {
            HostNode node = this;
            for (String label : labels(pattern)) {
                if (label.chars().anyMatch(c -> c == '*' || c == '?' || c == '{' || c == '}' || c == '\\')) {
                    PathTrie trie = node.below == null ? new PathTrie() : node.below;
                    node.below = trie;
                    return trie;
                }
                node = node.children.computeIfAbsent(label, key -> new HostNode());
            }
            PathTrie trie = node.here == null ? new PathTrie() : node.here;
            node.here = trie;
            return trie;
        }

        boolean isEmpty() {
            return children.isEmpty() && below == null && here == null;
        }

        void find(List<String> labels, String[] segments, int count, Candidates into) {
            HostNode node = this;
            for (int i = 0; ; i++) {
                PathTrie wild = node.below;
                if (wild != null) {
                    wild.find(segments, count, into);
                }
                if (i == labels.size()) {
                    PathTrie exact = node.here;
                    if (exact != null) {
                        exact.find(segments, count, into);
                    }
                    return;
                }
                HostNode next = node.children.get(labels.get(i));
                if (next == null) {
                    return;
                }
                node = next;
            }
        }

        void freeze() {
            if (here != null) {
                here.freeze();
            }
            if (below != null) {
                below.freeze();
            }
            children.values().forEach(HostNode::freeze);
        }
    }
}

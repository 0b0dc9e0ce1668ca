package dev.meridian.filters.fallback;

import dev.meridian.routes.balance.BalancedUrl;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.discovery.KnownServices;
import dev.meridian.routes.validate.CandidateConfig;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.support.NameUtils;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Checks that fallbacks lead somewhere. A path is refused only where every route asks for another one: what else a
 * predicate asks of a request cannot be known beforehand, nor which handlers an application has beside its routes.
 */
final class FallbackCheck {

    private static final String NAME = "Fallback";
    private static final String FIRST = NameUtils.GENERATED_NAME_PREFIX + "0";

    private final Set<String> upstreams;
    private final KnownServices discovered;
    private final List<RouteDefinition> routes;
    private final ConfigProblems problems;

    private FallbackCheck(
            Set<String> upstreams, KnownServices discovered, List<RouteDefinition> routes, ConfigProblems problems) {
        this.upstreams = upstreams;
        this.discovered = discovered;
        this.routes = routes;
        this.problems = problems;
    }

    /**
     * Notes fallbacks that lead nowhere.
     *
     * @param discovered which services discovery may know
     */
    static void check(CandidateConfig config, KnownServices discovered, ConfigProblems problems) {
        // What does not bind is told of elsewhere.
        GatewayProperties bound = config.stock();
        GatewayProperties gateway = bound == null ? new GatewayProperties() : bound;
        FallbackCheck check = new FallbackCheck(config.upstreams(), discovered, gateway.getRoutes(), problems);
        check.filters(GatewayProperties.PREFIX + ".default-filters", gateway.getDefaultFilters());
        for (int i = 0; i < check.routes.size(); i++) {
            check.filters(
                    GatewayProperties.PREFIX + ".routes[" + i + "].filters",
                    check.routes.get(i).getFilters());
        }
    }

    private void filters(String path, List<FilterDefinition> filters) {
        for (int i = 0; i < filters.size(); i++) {
            FilterDefinition filter = filters.get(i);
            if (filter != null && NAME.equals(filter.getName())) {
                Map<String, String> args = filter.getArgs();
                String to = args.getOrDefault("to", args.get(FIRST));
                URI uri = to == null ? null : uri(to);
                if (uri != null) {
                    target(path + "[" + i + "]", uri);
                }
            }
        }
    }

    private void target(String path, URI uri) {
        if ("lb".equals(uri.getScheme()) && uri.getRawAuthority() != null) {
            String name = BalancedUrl.name(uri);
            if (!upstreams.contains(name) && !discovered.mayHave(name, problems)) {
                problems.add(
                        path,
                        NAME + "=" + uri,
                        "the name of an upstream: " + String.join(", ", new TreeSet<>(upstreams)),
                        Spelling.nearest(name, upstreams));
            }
        } else if ("forward".equals(uri.getScheme()) && uri.getPath() != null && !isServed(uri.getPath())) {
            problems.add(path, NAME + "=" + uri, "a path that a route serves: " + String.join(", ", paths()));
        }
    }

    private boolean isServed(String path) {
        PathContainer asked = PathContainer.parsePath(path);
        return routes.stream().anyMatch(route -> mayServe(route, asked));
    }

    private static boolean mayServe(RouteDefinition route, PathContainer path) {
        for (PredicateDefinition predicate : route.getPredicates()) {
            if ("Path".equals(predicate.getName())
                    && patterns(predicate).stream().noneMatch(pattern -> matches(pattern, path))) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(String pattern, PathContainer path) {
        try {
            PathPattern parsed = PathPatternParser.defaultInstance.parse(pattern);
            return parsed.matches(path);
        } catch (PatternParseException e) {
            return true; // told of elsewhere
        }
    }

    /** Of {@code Path=/a,/b}, and of {@code patterns} among its {@code args}. */
    private static List<String> patterns(PredicateDefinition predicate) {
        List<String> patterns = new ArrayList<>();
        predicate.getArgs().forEach((key, value) -> {
            if (key.startsWith(NameUtils.GENERATED_NAME_PREFIX) || key.startsWith("patterns")) {
                for (String each : value.split(",", -1)) {
                    String pattern = each.trim();
                    if (!pattern.isEmpty() && !pattern.equals("true") && !pattern.equals("false")) {
                        patterns.add(pattern.startsWith("/") ? pattern : "/" + pattern);
                    }
                }
            }
        });
        return patterns;
    }

    private Set<String> paths() {
        Set<String> paths = new TreeSet<>();
        routes.forEach(route -> route.getPredicates().stream()
                .filter(predicate -> "Path".equals(predicate.getName()))
                .forEach(predicate -> paths.addAll(patterns(predicate))));
        return paths;
    }

    private static @Nullable URI uri(String text) {
        try {
            return URI.create(text.trim());
        } catch (IllegalArgumentException e) {
            return null; // told of where the filter is made
        }
    }
}

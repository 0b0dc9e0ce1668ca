package dev.meridian.routes.validate;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.definition.UpstreamDefinition;
import dev.meridian.routes.discovery.KnownServices;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;

/** Holds routes against each other, against the upstreams, and against what predicates and filters there are. */
final class RouteCheck {

    private static final Set<String> SCHEMES =
            new TreeSet<>(Set.of("http", "https", "ws", "wss", "lb", "forward", "no"));

    private static final Set<String> ADDRESSES = Set.of("http", "https", "ws", "wss");

    private final RouteFactories factories;
    private final ConfigProblems errors;
    private final ConfigProblems tolerated;
    private final ConfigProblems warnings;

    /**
     * @param errors what keeps a route from working
     * @param tolerated what is wrong, but Spring Cloud Gateway goes on in spite of it
     */
    RouteCheck(RouteFactories factories, ConfigProblems errors, ConfigProblems tolerated, ConfigProblems warnings) {
        this.factories = factories;
        this.errors = errors;
        this.tolerated = tolerated;
        this.warnings = warnings;
    }

    /**
     * @param upstreams that are configured, sound or not
     * @param definitions of those that could be read
     * @param discovered which services discovery may know
     */
    void check(
            List<WrittenRoute.Part<FilterDefinition>> defaultFilters,
            List<WrittenRoute> routes,
            Collection<String> upstreams,
            Map<String, UpstreamDefinition> definitions,
            KnownServices discovered) {
        ArgumentCheck defaults = new ArgumentCheck(factories, errors, warnings);
        defaultFilters.forEach(filter -> defaults.filter(filter, "default", Known.NOTHING));
        Map<String, WrittenRoute> byId = new HashMap<>();
        List<WrittenRoute> compared = new ArrayList<>();
        Map<WrittenRoute, List<Condition>> conditions = new HashMap<>();
        for (WrittenRoute route : routes) {
            String id = route.id();
            WrittenRoute same = id == null ? null : byId.putIfAbsent(id, route);
            if (same != null) {
                tolerated.add(route.path() + ".id", id, "an id that no other route has; " + place(same) + " has it");
            }
            // Nothing is made of a route that is switched off.
            ConfigProblems wrong = route.enabled() ? errors : tolerated;
            ArgumentCheck arguments = new ArgumentCheck(factories, wrong, warnings);
            uri(route, upstreams, discovered, wrong);
            List<Condition> asked = predicates(route, arguments);
            route.filters().forEach(filter -> arguments.filter(filter, route.title(), route.known()));
            totals(route, definitions, wrong);
            if (asked != null && route.enabled()) {
                conditions.put(route, asked);
                compared.add(route);
            }
        }
        compared.sort(Comparator.comparingInt(WrittenRoute::order)); // stable, as the stock locator sorts
        shadowed(compared, conditions);
    }

    private @Nullable List<Condition> predicates(WrittenRoute route, ArgumentCheck arguments) {
        if (route.predicates().isEmpty() && route.whole()) {
            errors.add(
                    route.path() + ".predicates",
                    null,
                    "at least one predicate, as in Path=/orders/**; Path=/** for all");
            return null;
        }
        List<Condition> conditions = new ArrayList<>();
        boolean whole = route.whole();
        for (WrittenRoute.Part<PredicateDefinition> each : route.predicates()) {
            Condition condition = arguments.predicate(each, route.known());
            if (condition == null) {
                whole = false;
            } else {
                conditions.add(condition);
            }
        }
        return whole ? conditions : null;
    }

    private void uri(WrittenRoute route, Collection<String> upstreams, KnownServices discovered, ConfigProblems wrong) {
        String at = route.path() + ".uri";
        URI uri = route.uri();
        if (uri == null) {
            if (!errors.isWritten(at)) {
                wrong.add(at, null, "lb://NAME of an upstream, or an address like http://host:port");
            }
            return;
        }
        String scheme = uri.getScheme();
        if (scheme == null) {
            wrong.add(at, uri, "a uri with a scheme: lb://NAME of an upstream, or an address like http://host:port");
            return;
        }
        String likely = SCHEMES.contains(scheme) ? null : Spelling.nearest(scheme, SCHEMES);
        if (likely != null) {
            warnings.add(at, uri, "a scheme that is known: " + String.join(", ", SCHEMES), likely);
        }
        if (!"lb".equals(scheme)) {
            tolerated.require(
                    uri.getHost() != null || !ADDRESSES.contains(scheme),
                    at,
                    route.uriText(),
                    "an address like http://host:port, with a valid name of a host");
            return;
        }
        String name = service(uri);
        if (name == null || name.isEmpty()) {
            wrong.add(at, uri, "lb://NAME, with the name of an upstream");
        } else if (!upstreams.contains(name) && !discovered.mayHave(name, errors)) {
            tolerated.add(
                    at,
                    uri,
                    upstreams.isEmpty()
                            ? "an upstream of that name under meridian.upstreams, where there is none yet"
                            : "the name of an upstream, since no discovery client is configured: "
                                    + String.join(", ", new TreeSet<>(upstreams)),
                    Spelling.nearest(name, upstreams));
        }
    }

    /** A route whose requests have less time in all than each try of them: what the upstream says of tries is void there. */
    private static void totals(WrittenRoute route, Map<String, UpstreamDefinition> definitions, ConfigProblems errors) {
        URI uri = route.uri();
        String name = uri == null || !"lb".equals(uri.getScheme()) ? null : service(uri);
        UpstreamDefinition upstream = name == null ? null : definitions.get(name);
        Duration each = upstream == null ? null : upstream.retry().perTryTimeout();
        if (each == null) {
            return;
        }
        for (WrittenRoute.Part<FilterDefinition> filter : route.filters()) {
            Duration total = "Timeout".equals(filter.definition().getName())
                    ? total(filter.definition().getArgs())
                    : null;
            errors.require(
                    total == null || each.compareTo(total) <= 0,
                    filter.path(),
                    "total:" + total,
                    "a total of at least " + each + ", the retry.per-try-timeout of the upstream " + name);
        }
    }

    /** {@code null} where there is none, or none that is a duration, which has been told of. */
    private static @Nullable Duration total(Map<String, String> args) {
        for (Map.Entry<String, String> arg : args.entrySet()) {
            String value = arg.getKey().equals("total") ? "total:" + arg.getValue() : arg.getValue();
            if (value != null && value.startsWith("total:")) {
                try {
                    return DurationStyle.detectAndParse(
                            value.substring("total:".length()).trim());
                } catch (IllegalArgumentException e) {
                    return null;
                }
            }
        }
        return null;
    }

    /** {@code lb://NAME} and {@code lb:ws://NAME}. */
    private static @Nullable String service(URI uri) {
        URI inner = uri;
        if (uri.isOpaque()) {
            try {
                inner = URI.create(uri.getSchemeSpecificPart());
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
        return inner.getHost() != null ? inner.getHost() : inner.getRawAuthority();
    }

    private void shadowed(List<WrittenRoute> ordered, Map<WrittenRoute, List<Condition>> conditions) {
        List<Shadowing.Candidate> candidates = new ArrayList<>();
        for (WrittenRoute route : ordered) {
            candidates.add(new Shadowing.Candidate(
                    candidates.size(), Objects.requireNonNull(conditions.get(route), route.path())));
        }
        Shadowing.find(candidates).forEach((number, by) -> {
            WrittenRoute route = ordered.get(number);
            WrittenRoute first = ordered.get(by);
            warnings.add(
                    route.path(),
                    route.id(),
                    "requests of its own; " + place(first)
                            + " comes before it and takes all that it would match: put it"
                            + " before that one, or give it a lower order");
        });
    }

    private static String place(WrittenRoute route) {
        String at = route.path().substring(route.path().lastIndexOf('.') + 1);
        return route.id() == null ? at : "route " + route.id() + " (" + at + ")";
    }
}

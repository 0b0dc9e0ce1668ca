package dev.meridian.e2e.gateway;

import java.util.ArrayList;
import java.util.List;

/** A gateway's configuration file, from its routes and upstreams. Immutable. */
public final class GatewayConfig {

    private final List<String> routes;
    private final List<String> upstreams;
    private final List<String> lines;

    private GatewayConfig(List<String> routes, List<String> upstreams, List<String> lines) {
        this.routes = List.copyOf(routes);
        this.upstreams = List.copyOf(upstreams);
        this.lines = List.copyOf(lines);
    }

    /** Nothing at all. */
    public static GatewayConfig empty() {
        return new GatewayConfig(List.of(), List.of(), List.of());
    }

    /** Every path goes to these endpoints, which are the upstream {@code main}. */
    public static GatewayConfig allTo(String... endpoints) {
        return empty().upstream("main", endpoints).route("/**", "lb://main");
    }

    /** A further route; the first one that matches counts. */
    public GatewayConfig route(String path, String uri, String... filters) {
        return routeWhen(List.of("Path=" + path), uri, filters);
    }

    /** A further route with predicates in Spring Cloud Gateway's short notation: {@code Path=/a, Method=GET}. */
    public GatewayConfig routeWhen(List<String> predicates, String uri, String... filters) {
        String route = "  - { id: r%d, uri: \"%s\", predicates: [%s], filters: [%s] }"
                .formatted(routes.size(), uri, quoted(predicates.toArray(String[]::new)), quoted(filters));
        return new GatewayConfig(plus(routes, route), upstreams, lines);
    }

    /** A further route as it is to be written, in YAML's flow style without the braces around it and without an id. */
    public GatewayConfig routeOf(String yaml) {
        return new GatewayConfig(plus(routes, "  - { id: r%d, %s }".formatted(routes.size(), yaml)), upstreams, lines);
    }

    /** An upstream with all defaults. */
    public GatewayConfig upstream(String name, String... endpoints) {
        return upstreamWith(name, "protocol: http1", endpoints);
    }

    /** An upstream with further settings, in YAML's flow style: {@code timeout: { response: 1s }}. */
    public GatewayConfig upstreamWith(String name, String settings, String... endpoints) {
        String upstream = "  %s: { endpoints: [%s], %s }".formatted(name, quoted(endpoints), settings);
        return new GatewayConfig(routes, plus(upstreams, upstream), lines);
    }

    /** An upstream as it is to be written, in YAML's flow style without the braces around it. */
    public GatewayConfig upstreamOf(String name, String yaml) {
        return new GatewayConfig(routes, plus(upstreams, "  %s: { %s }".formatted(name, yaml)), lines);
    }

    /** Further lines at the end of the file, as they are. */
    public GatewayConfig with(String yaml) {
        return new GatewayConfig(routes, upstreams, plus(lines, yaml));
    }

    /** The file. */
    public String yaml() {
        StringBuilder yaml = new StringBuilder();
        section(yaml, "spring.cloud.gateway.server.webflux.routes:", routes);
        section(yaml, "meridian.upstreams:", upstreams);
        lines.forEach(line -> yaml.append(line).append('\n'));
        return yaml.toString();
    }

    private static void section(StringBuilder yaml, String head, List<String> items) {
        if (!items.isEmpty()) {
            yaml.append(head).append('\n');
            items.forEach(item -> yaml.append(item).append('\n'));
        }
    }

    private static String quoted(String... texts) {
        return texts.length == 0 ? "" : "\"" + String.join("\", \"", texts) + "\"";
    }

    private static List<String> plus(List<String> list, String item) {
        List<String> more = new ArrayList<>(list);
        more.add(item);
        return more;
    }
}

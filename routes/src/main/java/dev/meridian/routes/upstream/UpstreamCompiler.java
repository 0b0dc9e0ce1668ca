package dev.meridian.routes.upstream;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.EndpointDefinition;
import dev.meridian.routes.definition.PoolDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.TimeoutDefinition;
import dev.meridian.routes.definition.UpstreamDefinition;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** From what an operator wrote to upstreams that serve requests; notes every problem on the way. */
public final class UpstreamCompiler {

    private static final String PATH = "meridian.upstreams.";
    private static final int MAX_WEIGHT = 1000;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    private final Function<List<Endpoint>, EndpointChooser> balance;

    /** @param balance makes the chooser for the endpoints of one upstream */
    public UpstreamCompiler(Function<List<Endpoint>, EndpointChooser> balance) {
        this.balance = balance;
    }

    /** The upstreams that are sound; what is wrong with the others stands in {@code problems}. */
    public Map<String, Upstream> compile(Map<String, UpstreamDefinition> definitions, ConfigProblems problems) {
        Map<String, Upstream> upstreams = new LinkedHashMap<>();
        definitions.forEach((name, definition) -> {
            String path = PATH + name;
            check(path, definition, problems);
            List<Endpoint> endpoints = endpoints(path, definition, problems);
            if (!endpoints.isEmpty()) {
                UpstreamSettings settings =
                        new UpstreamSettings(definition.protocol(), definition.pool(), definition.timeout());
                upstreams.put(name, new Upstream(name, endpoints, settings, balance.apply(endpoints)));
            }
        });
        return upstreams;
    }

    private static void check(String path, UpstreamDefinition definition, ConfigProblems problems) {
        PoolDefinition pool = definition.pool();
        problems.require(pool.maxConnections() > 0, path + ".pool.max-connections", pool.maxConnections(), "1 or more");
        problems.require(pool.maxPending() >= 0, path + ".pool.max-pending", pool.maxPending(), "0 or more");
        positive(path + ".pool.pending-timeout", pool.pendingTimeout(), problems);
        positive(path + ".pool.idle-timeout", pool.idleTimeout(), problems);
        positive(path + ".pool.max-life", pool.maxLife(), problems);
        TimeoutDefinition timeout = definition.timeout();
        positive(path + ".timeout.connect", timeout.connect(), problems);
        positive(path + ".timeout.response", timeout.response(), problems);
        positive(path + ".timeout.idle", timeout.idle(), problems);
    }

    private static void positive(String path, Duration value, ConfigProblems problems) {
        boolean sensible = value.compareTo(SHORTEST) >= 0 && value.compareTo(LONGEST) <= 0;
        problems.require(sensible, path, value, "1ms to 24h, as in 500ms, 2s or 1m");
    }

    private static List<Endpoint> endpoints(String path, UpstreamDefinition definition, ConfigProblems problems) {
        List<Endpoint> endpoints = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < definition.endpoints().size(); i++) {
            EndpointDefinition written = definition.endpoints().get(i);
            String at = path + ".endpoints[" + i + "]";
            Endpoint endpoint = endpoint(at, written, problems);
            if (endpoint == null) {
                continue;
            }
            problems.require(
                    seen.add(endpoint.url()), at, written.uri(), "an endpoint that is not in the list already");
            requireScheme(definition.protocol(), endpoint, at, problems);
            endpoints.add(endpoint);
        }
        problems.require(
                !definition.endpoints().isEmpty(), path + ".endpoints", null, "at least one uri like http://host:port");
        return endpoints;
    }

    private static void requireScheme(Protocol protocol, Endpoint endpoint, String at, ConfigProblems problems) {
        if (protocol == Protocol.H2) {
            problems.require(endpoint.secure(), at, endpoint.url(), "an https uri, since protocol is h2");
        } else if (protocol == Protocol.H2C) {
            problems.require(!endpoint.secure(), at, endpoint.url(), "an http uri, since protocol is h2c");
        }
    }

    private static @Nullable Endpoint endpoint(String at, EndpointDefinition written, ConfigProblems problems) {
        problems.require(
                written.weight() >= 1 && written.weight() <= MAX_WEIGHT,
                at + ".weight",
                written.weight(),
                "1 to " + MAX_WEIGHT);
        URI uri = parse(written.uri());
        if (uri == null) {
            problems.add(at, written.uri(), "a uri like http://host:port or https://host:port, without a path");
            return null;
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        String host = uri.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(scheme) ? 443 : 80;
        return new Endpoint(
                scheme,
                bare,
                port,
                Math.min(MAX_WEIGHT, Math.max(1, written.weight())),
                written.zone(),
                written.metadata());
    }

    private static @Nullable URI parse(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            URI uri = new URI(text.trim());
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            boolean bare = uri.getRawPath() == null || uri.getRawPath().isEmpty() || "/".equals(uri.getRawPath());
            boolean portOk = uri.getPort() == -1 || (uri.getPort() > 0 && uri.getPort() <= 65535);
            boolean onlyAddress =
                    uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getFragment() == null;
            return http && bare && portOk && onlyAddress && uri.getHost() != null ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}

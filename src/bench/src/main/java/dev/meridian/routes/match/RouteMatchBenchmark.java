package dev.meridian.routes.match;

import dev.meridian.routes.canary.Canary;
import dev.meridian.routes.explain.ExplainedRequest;
import dev.meridian.routes.upstream.UpstreamView;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.cloud.gateway.handler.AsyncPredicate;
import org.springframework.cloud.gateway.handler.predicate.HostRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.server.ServerWebExchange;
import reactor.util.context.Context;

/**
 * The way from a request to its route, as each request goes it: the index by host and path alone, and all of it, with the
 * stock predicates of the candidates. The path is parsed each time, as for a request that has just come.
 *
 * <p>{@code java -jar src/bench/target/bench.jar RouteMatch -prof gc}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RouteMatchBenchmark {

    /** What tells the routes apart. */
    public enum Table {
        /** The second segment of the path. */
        PATH,
        /** The host, with the same path for all. */
        HOST,
        /** A segment behind variables and stars, under hosts with and without wildcards. */
        WILDCARD,
        /**
         * The path, which stands behind a host with a variable: all are asked, since the stock predicate leaves the variable
         * of a host that matches on the exchange, whatever the path says then.
         */
        BEHIND_VARIABLE
    }

    @Param({"10", "10000"})
    int routes;

    @Param
    Table table = Table.PATH;

    /** Whether the request is for a route in the middle, or for none. */
    @Param({"true", "false"})
    boolean hit;

    private final PathRoutePredicateFactory paths = new PathRoutePredicateFactory(new WebFluxProperties());
    private final HostRoutePredicateFactory hosts = new HostRoutePredicateFactory();
    private final Canary canary =
            new Canary(Map.of(), () -> ThreadLocalRandom.current().nextLong());
    private RouteIndex index = new RouteIndex(List.of(), UpstreamView.EMPTY, true, true);
    private @Nullable ServerWebExchange exchange;

    @Setup
    public void setUp() {
        List<PreparedRoute> prepared = new ArrayList<>();
        for (int i = 0; i < routes; i++) {
            prepared.add(new PreparedRoute(route(i), route -> List.of()));
        }
        index = new RouteIndex(prepared, UpstreamView.EMPTY, true, true);
        String wanted = hit ? Integer.toString(routes / 8 * 4) : "none";
        exchange = switch (table) {
            case PATH -> exchange("gateway.example.com", "/api/service-" + wanted + "/orders/4711");
            case HOST -> exchange("tenant-" + wanted + ".example.com", "/api/orders/4711");
            case WILDCARD, BEHIND_VARIABLE -> exchange("eu.example.com", "/api/v2/service-" + wanted + "/orders/4711");
        };
        if ((lookup() != null) != hit) {
            throw new IllegalStateException(table + ": found " + lookup());
        }
    }

    /** What of both the path costs that has to be parsed for any match. */
    @Benchmark
    public PathContainer path() {
        return PathContainer.parsePath(fresh().getRequest().getURI().getRawPath());
    }

    /** The routes that are to be asked. */
    @Benchmark
    public int index() {
        Candidates candidates = index.candidates(fresh());
        int count = 0;
        while (candidates.next() >= 0) {
            count++;
        }
        return count;
    }

    /** The route. */
    @Benchmark
    public @Nullable Object lookup() {
        RouteLookup lookup = new RouteLookup(index, fresh(), Context.empty(), canary);
        lookup.run();
        return lookup.found();
    }

    /** As no request before has left it. */
    private ServerWebExchange fresh() {
        ServerWebExchange fresh = exchange;
        if (fresh == null) {
            throw new IllegalStateException("not set up");
        }
        fresh.getAttributes().clear();
        return fresh;
    }

    private static ServerWebExchange exchange(String host, String path) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.HOST, host);
        return ExplainedRequest.of(
                        HttpMethod.GET,
                        URI.create("http://" + host + path),
                        headers,
                        InetAddress.getLoopbackAddress(),
                        0)
                .exchange();
    }

    private Route route(int i) {
        AsyncPredicate<ServerWebExchange> predicate = switch (table) {
            case PATH -> path("/api/service-" + i + "/**");
            case HOST -> host("tenant-" + i + ".example.com").and(path("/api/**"));
            case WILDCARD ->
                switch (i % 4) {
                    case 0 -> path("/{area}/{version}/service-" + i + "/**");
                    case 1 -> path("/api/*/service-" + i + "/{*rest}");
                    case 2 -> host("*.example.com").and(path("/*/v{version}/service-" + i + "/{kind}/{id}"));
                    default -> path("/api/v2/service-" + i + "/**").and(host("{region}.example.com"));
                };
            case BEHIND_VARIABLE -> host("{region}.example.com").and(path("/api/v2/service-" + i + "/**"));
        };
        return Route.async()
                .id("route-" + i)
                .uri("http://localhost")
                .asyncPredicate(predicate)
                .build();
    }

    private AsyncPredicate<ServerWebExchange> path(String pattern) {
        return paths.applyAsync(config -> config.setPatterns(List.of(pattern)));
    }

    private AsyncPredicate<ServerWebExchange> host(String pattern) {
        return hosts.applyAsync(config -> config.setPatterns(List.of(pattern)));
    }
}

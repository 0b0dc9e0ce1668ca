package dev.meridian.routes.match;

import dev.meridian.routes.canary.Canary;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.explain.ExplainContributor;
import dev.meridian.routes.explain.ExplainedRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.handler.AsyncPredicate;
import org.springframework.cloud.gateway.handler.predicate.ReadBodyRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.WeightRoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Explains which route a request takes: asks the predicates of each candidate one by one, on the talked-of exchange. */
public final class RouteExplainer implements ExplainContributor, Ordered {

    /** For a predicate that answers later, and for the routes where none are loaded yet. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final int MAX_SHOWN = 100;

    private final GatewayHandlerMapping mapping;
    private final Canary canary;

    /** @param canary chooses among weighted routes */
    public RouteExplainer(GatewayHandlerMapping mapping, Canary canary) {
        this.mapping = mapping;
        this.canary = canary;
    }

    @Override
    public int getOrder() {
        return 200;
    }

    @Override
    public String section() {
        return "route-match";
    }

    @Override
    public RouteMatch explain(ExplainedRequest request) {
        RouteIndex index;
        try {
            index = mapping.index().toFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            return new RouteMatch(0, 0, List.of(), 0, null, "the routes could not be loaded: " + e.getMessage());
        }
        ServerWebExchange exchange = request.exchange();
        canary.offer(exchange, index.groups());
        Candidates numbers = index.candidates(exchange);
        List<Candidate> asked = new ArrayList<>();
        PreparedRoute chosen = null;
        int count = 0;
        for (int number = numbers.next(); number >= 0; number = numbers.next()) {
            count++;
            if (chosen != null) {
                continue;
            }
            PreparedRoute route = index.route(number);
            exchange.getAttributes()
                    .put(
                            ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR,
                            route.route().getId());
            Candidate candidate = ask(route.route(), exchange);
            if (asked.size() < MAX_SHOWN || candidate.matched()) {
                asked.add(candidate);
            }
            chosen = candidate.matched() ? route : null;
        }
        exchange.getAttributes().remove(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR);
        if (chosen != null) {
            GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
            own.upstreams(index.upstreams());
            own.target(chosen);
            own.routeId(chosen.route().getId());
            exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, chosen.route());
        }
        int routes = index.routes().size();
        return new RouteMatch(
                routes,
                routes - count,
                asked,
                count - asked.size(),
                chosen == null ? null : Chosen.of(chosen.route()),
                chosen == null ? "no route matches: the request is answered with 404" : null);
    }

    private static Candidate ask(Route route, ServerWebExchange exchange) {
        List<Object> predicates;
        try {
            predicates = RouteCondition.leaves(route);
        } catch (ReflectiveOperationException | RuntimeException e) {
            predicates = List.of(route.getPredicate());
        }
        String note = null;
        for (Object predicate : predicates) {
            Class<?> factory = predicate.getClass().getEnclosingClass();
            if (factory == ReadBodyRoutePredicateFactory.class) {
                note = "ReadBody is asked with an empty body";
            } else if (factory == WeightRoutePredicateFactory.class) {
                note = "Weight is drawn by chance, for this explanation anew, or follows from the key of its group";
            }
            try {
                if (!holds(predicate, exchange)) {
                    return Candidate.of(route, predicate.toString(), note);
                }
            } catch (TimeoutException e) {
                return Candidate.of(
                        route, predicate.toString(), "it had not answered after " + PATIENCE.toSeconds() + " s");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            } catch (ExecutionException | RuntimeException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                return Candidate.of(route, predicate.toString(), "it failed, which counts as no match: " + cause);
            }
        }
        return Candidate.of(route, null, note);
    }

    @SuppressWarnings("unchecked")
    private static boolean holds(Object predicate, ServerWebExchange exchange)
            throws ExecutionException, InterruptedException, TimeoutException {
        if (predicate instanceof Predicate<?> plain) {
            return ((Predicate<ServerWebExchange>) plain).test(exchange);
        }
        return Boolean.TRUE.equals(Mono.from(((AsyncPredicate<ServerWebExchange>) predicate).apply(exchange))
                .toFuture()
                .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
    }

    /**
     * The search for a route.
     *
     * @param routes there are
     * @param leftOut of these by the index, since host or path cannot match
     * @param candidates that were asked, in order, up to the one that matches
     * @param notShown candidates that are not in the list: behind the match, or too many
     * @param route that the request takes, {@code null} for none
     */
    record RouteMatch(
            int routes,
            int leftOut,
            List<Candidate> candidates,
            int notShown,
            @Nullable Chosen route,
            @Nullable String note) {}

    /**
     * A route that was asked.
     *
     * @param failedPredicate the first one that does not hold, {@code null} where all do
     */
    record Candidate(
            String id,
            int order,
            boolean matched,
            @Nullable String failedPredicate,
            @Nullable String note) {

        static Candidate of(Route route, @Nullable String failed, @Nullable String note) {
            return new Candidate(route.getId(), route.getOrder(), failed == null, failed, note);
        }
    }

    /** The route that a request takes. */
    record Chosen(String id, String uri, int order, Map<String, Object> metadata) {

        static Chosen of(Route route) {
            return new Chosen(route.getId(), route.getUri().toString(), route.getOrder(), route.getMetadata());
        }
    }
}

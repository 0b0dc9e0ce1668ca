package dev.meridian.routes.match;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.handler.AsyncPredicate;
import org.springframework.cloud.gateway.handler.predicate.AfterRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.BeforeRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.BetweenRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.CookieRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.GatewayPredicate;
import org.springframework.cloud.gateway.handler.predicate.HeaderRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.HostRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.MethodRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.QueryRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.RemoteAddrRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.WeightRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.XForwardedRemoteAddrRoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;

/**
 * What must at least hold for a route to match: one of these paths, one of these hosts. A route is looked at only for
 * requests of which both hold; its predicate then decides.
 *
 * <p>A condition is taken from a predicate only if nothing that comes before it could leave a trace on the exchange, so
 * that it makes no difference whether the route was looked at.
 *
 * @param paths patterns of the stock {@code Path} predicate, {@code null} for any path
 * @param hosts patterns of the stock {@code Host} predicate, {@code null} for any host
 */
record RouteCondition(
        @Nullable List<String> paths, @Nullable List<String> hosts) {

    private static final RouteCondition ANY = new RouteCondition(null, null);

    /** Stock predicates that only look. */
    private static final Set<Class<?>> ONLY_LOOK = Set.of(
            AfterRoutePredicateFactory.class,
            BeforeRoutePredicateFactory.class,
            BetweenRoutePredicateFactory.class,
            CookieRoutePredicateFactory.class,
            HeaderRoutePredicateFactory.class,
            MethodRoutePredicateFactory.class,
            QueryRoutePredicateFactory.class,
            RemoteAddrRoutePredicateFactory.class,
            WeightRoutePredicateFactory.class,
            XForwardedRemoteAddrRoutePredicateFactory.class);

    /** The route's predicates, one by one, in the order in which they are asked. */
    static List<Object> leaves(Route route) throws ReflectiveOperationException {
        List<Object> leaves = new ArrayList<>();
        collect(route.getPredicate(), leaves);
        return leaves;
    }

    static RouteCondition of(Route route) {
        List<Object> leaves;
        try {
            leaves = leaves(route);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return ANY; // another version, another shape: then it is looked at for every request
        }
        List<String> paths = null;
        List<String> hosts = null;
        for (Object leaf : leaves) {
            Class<?> factory = leaf.getClass().getEnclosingClass();
            if (factory == PathRoutePredicateFactory.class) {
                // Matching sets attributes: what comes after it counts only where it matches.
                paths = config(leaf, PathRoutePredicateFactory.Config.class).getPatterns();
                break;
            } else if (factory == HostRoutePredicateFactory.class) {
                hosts = config(leaf, HostRoutePredicateFactory.Config.class).getPatterns();
                if (hosts.stream().anyMatch(pattern -> pattern.indexOf('{') >= 0)) {
                    break; // matching sets variables
                }
            } else if (factory == null || !ONLY_LOOK.contains(factory)) {
                break;
            }
        }
        return new RouteCondition(paths == null ? null : List.copyOf(paths), hosts == null ? null : List.copyOf(hosts));
    }

    private static <C> C config(Object leaf, Class<C> type) {
        return type.cast(((GatewayPredicate) leaf).getConfig());
    }

    /** What must hold all together, in the order in which it is asked. */
    private static void collect(Object predicate, List<Object> leaves) throws ReflectiveOperationException {
        if (predicate instanceof AsyncPredicate.AndAsyncPredicate
                || predicate instanceof GatewayPredicate.AndGatewayPredicate) {
            collect(read(predicate, "left"), leaves);
            collect(read(predicate, "right"), leaves);
        } else if (predicate instanceof AsyncPredicate.DefaultAsyncPredicate) {
            collect(read(predicate, "delegate"), leaves);
        } else if (predicate instanceof GatewayPredicate.GatewayPredicateWrapper) {
            Object delegate = read(predicate, "delegate");
            if (!isStartOfChain(delegate)) {
                collect(delegate, leaves);
            }
        } else {
            leaves.add(predicate);
        }
    }

    /** The stock locator begins each route's predicates with one that always holds. */
    private static boolean isStartOfChain(Object delegate) {
        return delegate instanceof Predicate<?>
                && delegate.getClass().isHidden()
                && delegate.getClass().getName().startsWith(RouteDefinitionRouteLocator.class.getName() + "$$");
    }

    private static Object read(Object from, String name) throws ReflectiveOperationException {
        Field field = from.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(from);
    }
}

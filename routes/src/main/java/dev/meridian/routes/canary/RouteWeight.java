package dev.meridian.routes.canary;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.springframework.cloud.gateway.handler.AsyncPredicate;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.HasConfig;
import org.springframework.cloud.gateway.support.WeightConfig;

/** A route's weight in a group, as its {@code Weight} predicate says. */
public record RouteWeight(String group, String route, int weight) {

    /** All of a route's, in the order of its predicates; most have none. */
    public static List<RouteWeight> of(Route route) {
        List<RouteWeight> found = new ArrayList<>(0);
        route.getPredicate().accept(each -> collect(each, route.getId(), found));
        return List.copyOf(found);
    }

    private static void collect(HasConfig predicate, String route, List<RouteWeight> into) {
        if (predicate instanceof AsyncPredicate.NegateAsyncPredicate<?>) {
            negated(predicate).accept(each -> collect(each, route, into));
        } else if (predicate.getConfig() instanceof WeightConfig config && config.getGroup() != null) {
            into.add(new RouteWeight(config.getGroup(), route, config.getWeight()));
        }
    }

    /** Unlike the other combinations, this one does not lead a visitor on to what it is made of. */
    private static AsyncPredicate<?> negated(HasConfig predicate) {
        try {
            Field field = AsyncPredicate.NegateAsyncPredicate.class.getDeclaredField("predicate");
            field.setAccessible(true);
            return (AsyncPredicate<?>) field.get(predicate);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return exchange -> reactor.core.publisher.Mono.empty(); // another version, another shape
        }
    }
}

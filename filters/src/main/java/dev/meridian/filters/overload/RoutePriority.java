package dev.meridian.filters.overload;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.route.Route;

/** A route's priority: what its {@code Priority} filter says, else its metadata, else normal. */
final class RoutePriority {

    /** The key of routes' metadata. */
    static final String METADATA = "priority";

    private RoutePriority() {}

    static Priority of(@Nullable Route route) {
        if (route == null) {
            return Priority.NORMAL;
        }
        for (GatewayFilter filter : route.getFilters()) {
            GatewayFilter inner = filter instanceof OrderedGatewayFilter ordered ? ordered.getDelegate() : filter;
            if (inner instanceof PriorityFilter said) {
                return said.priority();
            }
        }
        Object written = route.getMetadata().get(METADATA);
        return written == null
                ? Priority.NORMAL
                : Objects.requireNonNullElse(Priority.parse(written.toString()), Priority.NORMAL);
    }
}

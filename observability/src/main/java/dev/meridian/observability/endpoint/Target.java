package dev.meridian.observability.endpoint;

import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.Upstream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom an order is for.
 *
 * @param endpoint {@code null} for the whole region
 */
record Target(
        Upstream upstream, LiveRegion region, @Nullable LiveEndpoint endpoint) {

    /** Whom the order names; an error that tells whom it could name where there is no such. */
    static Target of(Upstream upstream, Order order) {
        LiveRegion region = upstream.regions().stream()
                .filter(each -> each.name().equals(order.region()))
                .findFirst()
                .orElseThrow(() -> new InvalidOrderException(
                        "region",
                        order.region(),
                        oneOf(upstream.regions().stream().map(LiveRegion::name).toList())));
        String named = order.endpoint();
        return new Target(upstream, region, named == null ? null : endpoint(region, named));
    }

    private static LiveEndpoint endpoint(LiveRegion region, String named) {
        return region.endpoints().stream()
                .filter(each -> is(each.endpoint(), named))
                .findFirst()
                .orElseThrow(() -> new InvalidOrderException(
                        "endpoint",
                        named,
                        oneOf(region.endpoints().stream()
                                .map(each -> each.endpoint().url())
                                .toList())));
    }

    private static boolean is(Endpoint endpoint, String named) {
        return endpoint.url().equalsIgnoreCase(named) || endpoint.authority().equalsIgnoreCase(named);
    }

    private static String oneOf(List<String> names) {
        return names.isEmpty() ? "none, there is none at present" : "one of " + String.join(", ", names);
    }

    /** As ordered, else as configured. */
    ServingState state() {
        return endpoint == null ? region.serving() : wanted(endpoint);
    }

    /** An endpoint is configured to be active, always. */
    static ServingState wanted(LiveEndpoint endpoint) {
        ServingState ordered = endpoint.state().ordered();
        return ordered == null ? ServingState.ACTIVE : ordered;
    }

    /** Requests under way. */
    int active() {
        return Math.max(
                0, endpoint == null ? region.state().active() : endpoint.state().active());
    }

    /** Notes what it is to be from now on; what is configured to be active needs no order to be so. */
    void order(ServingState state) {
        ServingState configured = endpoint == null ? region.region().state() : ServingState.ACTIVE;
        ServingState ordered = state == ServingState.ACTIVE && configured == ServingState.ACTIVE ? null : state;
        if (endpoint == null) {
            region.state().order(ordered);
        } else {
            endpoint.state().order(ordered);
        }
    }
}

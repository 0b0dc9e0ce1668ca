package dev.meridian.routes.match;

import dev.meridian.routes.exchange.PreparedTarget;
import java.net.URI;

/** A uri in the place of the matched route's own, as {@code lb://other}; all else about the route stays. */
public final class OtherTarget implements PreparedTarget {

    private final RouteTarget target;

    public OtherTarget(URI uri) {
        this.target = RouteTarget.of(uri);
    }

    RouteTarget target() {
        return target;
    }
}

package dev.meridian.routes.match;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The constant part of a route's uri. {@code lb:ws://orders} has the prefix scheme {@code lb} and the base {@code
 * ws://orders}; {@code http://a:80/ignored} has the base {@code http://a:80}: Spring Cloud Gateway takes scheme, host and
 * port from the route and the path from the request.
 *
 * @param prefixScheme the outer scheme of a uri with two, or {@code null}
 * @param base {@code scheme://authority}, or {@code null} where the uri has no authority and the stock rules apply
 */
record RouteTarget(@Nullable String prefixScheme, @Nullable String base) {

    static RouteTarget of(URI uri) {
        String prefix = null;
        URI inner = uri;
        if (uri.isOpaque() && uri.getSchemeSpecificPart().contains("://")) {
            prefix = uri.getScheme();
            try {
                inner = URI.create(uri.getSchemeSpecificPart());
            } catch (IllegalArgumentException e) {
                return new RouteTarget(
                        prefix, null); // whoever asks for this route is told; the others are not concerned
            }
        }
        // A name that is no valid host (orders_v2) is still a good name of an upstream: then only the authority is set.
        String authority = inner.getHost() == null
                ? inner.getRawAuthority()
                : inner.getPort() < 0 ? inner.getHost() : inner.getHost() + ":" + inner.getPort();
        return new RouteTarget(prefix, authority == null ? null : inner.getScheme() + "://" + authority);
    }
}

package dev.meridian.filters.forward;

import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.upstream.Endpoint;

/**
 * What connections are pooled by.
 *
 * @param pool the upstream's name, or the authority where a route names an address itself
 * @param protocol what the connections speak: those of another one are of no use after a change
 */
record HostKey(String pool, boolean secure, String host, int port, Protocol protocol) {

    /** No upstream can be called so: an address that a route names shares nothing with an upstream of that name. */
    private static final String UNNAMED = "//";

    static HostKey of(String pool, Endpoint endpoint, Protocol protocol) {
        return new HostKey(pool, endpoint.secure(), endpoint.host(), endpoint.port(), protocol);
    }

    static String unnamed(String authority) {
        return UNNAMED + authority;
    }

    /** As people know it. */
    static String display(String pool) {
        return pool.startsWith(UNNAMED) ? pool.substring(UNNAMED.length()) : pool;
    }
}

package dev.meridian.routes.geo;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Tells where a request's client is. Never waits, for I/O or for a lock. Thread-safe. */
public interface ClientLocator {

    /**
     * The client's place, or {@code null} where nobody knows it.
     *
     * @param client the client's address, as far as it is known
     * @param peerTrusted whether the other end of the connection is a trusted proxy: from nobody else are fields believed
     * @param headers the request's fields
     */
    @Nullable
    GeoPoint locate(@Nullable InetAddress client, boolean peerTrusted, HeaderLookup headers);

    /** Whether anything could tell a place; if not, none is ever known. */
    default boolean isConfigured() {
        return true;
    }

    /** Finds a request's header field. */
    @FunctionalInterface
    interface HeaderLookup {

        /** The field's first value, or {@code null} where the request has none; the name is in any case. */
        @Nullable
        String first(String name);
    }
}

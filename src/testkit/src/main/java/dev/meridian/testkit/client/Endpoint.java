package dev.meridian.testkit.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link RawClient} connects to, and how.
 *
 * @param address the host and port
 * @param receiveBuffer the socket's receive buffer in bytes, 0 for the system's default; a small one stops senders soon
 * @param tls the TLS context, or null for plain TCP
 * @param serverName the name for SNI; certificates are checked against the trust only, not against this name
 * @param protocols the protocols offered by ALPN, in order of preference; none leaves the extension out
 */
public record Endpoint(
        InetSocketAddress address,
        int receiveBuffer,
        @Nullable SSLContext tls,
        String serverName,
        List<String> protocols) {

    /** Checks nothing, copies the list. */
    public Endpoint {
        protocols = List.copyOf(protocols);
    }

    /** Plain TCP to {@code port} of the loopback address. */
    public static Endpoint loopback(int port) {
        return to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Plain TCP. */
    public static Endpoint to(InetSocketAddress address) {
        return new Endpoint(address, 0, null, "localhost", List.of());
    }

    /** A copy with a receive buffer of so many bytes. */
    public Endpoint receiveBuffer(int bytes) {
        return new Endpoint(address, bytes, tls, serverName, protocols);
    }

    /** A copy that speaks TLS. */
    public Endpoint tls(SSLContext context) {
        return new Endpoint(address, receiveBuffer, context, serverName, protocols);
    }

    /** A copy that asks for this name by SNI. */
    public Endpoint serverName(String name) {
        return new Endpoint(address, receiveBuffer, tls, name, protocols);
    }

    /** A copy that offers these protocols by ALPN. */
    public Endpoint protocols(String... names) {
        return new Endpoint(address, receiveBuffer, tls, serverName, List.of(names));
    }
}

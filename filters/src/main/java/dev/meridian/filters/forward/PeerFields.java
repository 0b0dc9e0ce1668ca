package dev.meridian.filters.forward;

import dev.meridian.filters.client.Peer;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the upstream is told about the other end of the client's connection; the same for all of its requests, so kept
 * with the connection.
 *
 * @param address as in {@code X-Forwarded-For}
 * @param node as in {@code Forwarded: for=}, IPv6 in brackets and quotes (RFC 7239 §6)
 */
record PeerFields(String address, String node) {

    private static final AttributeKey<PeerFields> KEY = AttributeKey.valueOf("dev.meridian.peer");

    static @Nullable PeerFields of(@Nullable Channel channel, @Nullable InetSocketAddress remote) {
        if (channel == null) {
            return remote == null || remote.getAddress() == null ? null : of(remote.getAddress());
        }
        Channel connection = Peer.connection(channel);
        PeerFields known = connection.attr(KEY).get();
        if (known == null) {
            InetAddress address = Peer.address(connection);
            if (address != null) {
                known = of(address);
                connection.attr(KEY).set(known);
            }
        }
        return known;
    }

    private static PeerFields of(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        String bare = zone < 0 ? text : text.substring(0, zone);
        return new PeerFields(bare, bare.indexOf(':') < 0 ? bare : "\"[" + bare + "]\"");
    }
}

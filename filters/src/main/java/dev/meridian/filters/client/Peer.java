package dev.meridian.filters.client;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.channel.ChannelOperations;

/** The other end of a client's connection, before any forwarding field is looked at. */
public final class Peer {

    /** Where Reactor Netty notes what the PROXY protocol said. */
    private static final AttributeKey<InetSocketAddress> PROXY_PROTOCOL =
            AttributeKey.valueOf("remoteAddressFromProxyProtocol");

    private Peer() {}

    /** The connection (HTTP/2: the stream) that a request came on, {@code null} where the server is another. */
    public static @Nullable Channel channel(ServerHttpRequest request) {
        try {
            Object server = ServerHttpRequestDecorator.getNativeRequest(request);
            return server instanceof ChannelOperations<?, ?> operations ? operations.channel() : null;
        } catch (IllegalArgumentException | IllegalStateException e) {
            return null; // made up by a filter or a test
        }
    }

    /** The connection below an HTTP/2 stream, else the channel itself. */
    public static Channel connection(Channel channel) {
        return channel instanceof Http2StreamChannel ? channel.parent() : channel;
    }

    /** Its address, or {@code null} where it has none (a Unix domain socket). */
    public static @Nullable InetAddress address(Channel channel) {
        Channel connection = connection(channel);
        InetSocketAddress announced = connection.attr(PROXY_PROTOCOL).get();
        if (announced != null) {
            return announced.getAddress();
        }
        return connection.remoteAddress() instanceof InetSocketAddress socket ? socket.getAddress() : null;
    }
}

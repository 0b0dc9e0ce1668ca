package dev.meridian.filters.guard;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.util.concurrent.GlobalEventExecutor;

/**
 * The connections of the clients, and whether they are asked to leave. Thread-safe.
 *
 * <p>While the gateway drains, each HTTP/1.1 response says {@code Connection: close} and each HTTP/2 connection has been
 * sent GOAWAY (RFC 9113 §6.8), so that clients go elsewhere with their next request and none is cut off in the middle.
 */
public final class ClientConnections {

    private final ChannelGroup channels = new DefaultChannelGroup("meridian-clients", GlobalEventExecutor.INSTANCE);
    private volatile boolean draining;

    /** Whether responses should tell clients to leave. */
    public boolean isDraining() {
        return draining;
    }

    /** Open connections, HTTP/2 ones counted once each. */
    public int count() {
        return channels.size();
    }

    /** Asks all clients to leave, those that connect from now on with their first response. */
    public void drain() {
        draining = true;
        channels.forEach(channel -> channel.eventLoop().execute(() -> announce(channel)));
    }

    /** Cuts off whoever is still there. */
    public void closeAll() {
        channels.close();
    }

    void add(Channel channel) {
        channels.add(channel);
        if (draining) {
            channel.eventLoop().execute(() -> announce(channel));
        }
    }

    private static void announce(Channel channel) {
        if (channel.pipeline().get(Http2FrameCodec.class) != null) {
            // Streams that are on their way already are still taken (RFC 9113 §6.8).
            channel.writeAndFlush(
                    new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(Integer.MAX_VALUE));
        }
    }
}

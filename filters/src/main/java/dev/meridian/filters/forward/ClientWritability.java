package dev.meridian.filters.forward;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Tells a streamed body when the client's connection can take more again. One handler per connection, added when the
 * first response on it is streamed. Confined to the connection's event loop.
 */
final class ClientWritability extends ChannelInboundHandlerAdapter {

    private static final String NAME = "meridian.writability";

    private @Nullable ResponseBody body;

    /** Has {@code body} drained whenever the channel turns writable, until another takes its place. */
    static void watch(Channel channel, ResponseBody body) {
        if (channel.eventLoop().inEventLoop()) {
            attach(channel, body);
        } else {
            channel.eventLoop().execute(() -> attach(channel, body));
        }
    }

    private static void attach(Channel channel, ResponseBody body) {
        ClientWritability handler = (ClientWritability) channel.pipeline().get(NAME);
        if (handler == null) {
            handler = new ClientWritability();
            channel.pipeline().addFirst(NAME, handler);
        }
        handler.body = body;
        body.drain();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ResponseBody to = body;
        if (to != null && ctx.channel().isWritable()) {
            to.drain();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        body = null;
        ctx.fireChannelInactive();
    }
}

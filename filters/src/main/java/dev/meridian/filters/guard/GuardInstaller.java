package dev.meridian.filters.guard;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import reactor.netty.ChannelPipelineConfigurer;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;

/**
 * Puts the guards around the server's HTTP/1.1 codec: at once on a clear-text connection, after the handshake where TLS
 * decides on the protocol. HTTP/2 connections need none, their framing says where a message ends.
 */
final class GuardInstaller implements ChannelPipelineConfigurer {

    private final ClientConnections connections;
    private final long headerTimeoutMillis;

    GuardInstaller(ClientConnections connections, long headerTimeoutMillis) {
        this.connections = connections;
        this.headerTimeoutMillis = headerTimeoutMillis;
    }

    @Override
    public void onChannelInit(ConnectionObserver observer, Channel channel, @Nullable SocketAddress remote) {
        connections.add(channel);
        ChannelPipeline pipeline = channel.pipeline();
        if (!install(pipeline) && pipeline.get(NettyPipeline.SslHandler) != null) {
            pipeline.addLast("meridian.guard.installer", new AfterHandshake());
        }
    }

    private boolean install(ChannelPipeline pipeline) {
        ChannelHandlerContext codec = pipeline.context(HttpServerCodec.class);
        if (codec == null || pipeline.get(NettyPipeline.HttpTrafficHandler) == null) {
            return false;
        }
        RequestGuard guard = new RequestGuard(headerTimeoutMillis);
        pipeline.addBefore(codec.name(), RequestGuard.CLOCK, guard.clock());
        pipeline.addBefore(NettyPipeline.HttpTrafficHandler, RequestGuard.NAME, guard);
        return true;
    }

    private final class AfterHandshake extends ChannelInboundHandlerAdapter {

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent) {
                install(ctx.pipeline());
                ctx.pipeline().remove(this);
            }
            ctx.fireUserEventTriggered(event);
        }
    }
}

package dev.meridian.filters.forward;

import dev.meridian.routes.definition.Protocol;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.channels.NotYetConnectedException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Builds the pipeline of a connection to an upstream: TLS, codec, and then the handler of calls. */
final class UpstreamInitializer extends ChannelInitializer<Channel> {

    private static final int MAX_STATUS_LINE = 8 * 1024;
    private static final int MAX_HEADERS = 64 * 1024;
    private static final int MAX_CHUNK = 64 * 1024;
    private static final int STREAM_WINDOW = 256 * 1024;

    private final HostPool pool;
    private final @Nullable SslContext tls;
    private final String host;
    private final int port;
    private final int handshakeMillis;

    UpstreamInitializer(HostPool pool, @Nullable SslContext tls, String host, int port, int handshakeMillis) {
        this.pool = pool;
        this.tls = tls;
        this.host = host;
        this.port = port;
        this.handshakeMillis = handshakeMillis;
    }

    @Override
    protected void initChannel(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        boolean http2 = pool.protocol() != Protocol.HTTP1;
        if (tls != null) {
            SslHandler handler = tls.newHandler(channel.alloc(), host, port);
            handler.setHandshakeTimeout(handshakeMillis, TimeUnit.MILLISECONDS);
            pipeline.addLast(handler);
        }
        pipeline.addLast(new Opening(http2));
    }

    private void addHttp1(ChannelPipeline pipeline) {
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_STATUS_LINE)
                .setMaxHeaderSize(MAX_HEADERS)
                .setMaxChunkSize(MAX_CHUNK);
        Http1Connection connection = new Http1Connection(pool);
        pipeline.addLast(new HttpClientCodec(config, false, false), connection);
        pool.onConnected(connection);
    }

    private void addHttp2(ChannelPipeline pipeline, ChannelHandlerContext ctx) throws Exception {
        Http2FrameCodec codec = Http2FrameCodecBuilder.forClient()
                .initialSettings(Http2Settings.defaultSettings()
                        .initialWindowSize(STREAM_WINDOW)
                        .maxHeaderListSize(MAX_HEADERS)
                        .pushEnabled(false))
                .build();
        Http2Connection connection = new Http2Connection(pool);
        // Streams that the peer opens are pushes, which were switched off.
        pipeline.addLast(codec, new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()), connection);
        Http2Connection.widenWindow(codec, ctx);
        pool.onConnected(connection);
    }

    /** Waits until the transport (and TLS) stands, then makes way for HTTP. */
    private final class Opening extends ChannelInboundHandlerAdapter {

        private final boolean http2;
        private boolean settled;

        Opening(boolean http2) {
            this.http2 = http2;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) throws Exception {
            if (tls == null) {
                ready(ctx);
            } else {
                pool.onHandshaking();
                ctx.fireChannelActive();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event instanceof SslHandshakeCompletionEvent handshake && !settled) {
                if (!handshake.isSuccess()) {
                    failed(ctx, handshake.cause());
                } else if (http2 && !isH2(ctx)) {
                    failed(ctx, new javax.net.ssl.SSLException("The peer does not speak h2"));
                } else {
                    ready(ctx);
                }
            }
        }

        private void ready(ChannelHandlerContext ctx) throws Exception {
            settled = true;
            ChannelPipeline pipeline = ctx.pipeline();
            if (http2) {
                addHttp2(pipeline, ctx);
            } else {
                addHttp1(pipeline);
            }
            pipeline.remove(this);
        }

        private void failed(ChannelHandlerContext ctx, Throwable cause) {
            settled = true;
            pool.onHandshakeFailed(cause);
            ctx.close();
        }

        private static boolean isH2(ChannelHandlerContext ctx) {
            SslHandler ssl = ctx.pipeline().get(SslHandler.class);
            return ssl != null && ApplicationProtocolNames.HTTP_2.equals(ssl.applicationProtocol());
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (!settled) {
                failed(ctx, new java.nio.channels.ClosedChannelException());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // An event of a socket closed just before may still be delivered to the new one of the same number, which
            // is then read before it is connected (epoll, within one turn of the loop): no harm, it goes on connecting.
            if (!settled && !(cause instanceof NotYetConnectedException)) {
                failed(ctx, cause);
            }
        }
    }
}

package dev.meridian.filters.forward;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 connection: as many calls at a time as the peer allows, each on a stream of its own. */
final class Http2Connection extends ChannelInboundHandlerAdapter {

    /** RFC 9113 §6.5.2 leaves it open; what is assumed until the peer's settings are here. */
    static final int STREAMS_BEFORE_SETTINGS = 100;
    /** Per connection, so that one slow stream's window does not hold up the others. */
    private static final int CONNECTION_WINDOW = 1 << 20;

    private final HostPool pool;
    private final long openedNanos = System.nanoTime();
    private @Nullable Channel parent;
    private int maxStreams = STREAMS_BEFORE_SETTINGS;
    private int streams;
    private int served;
    private boolean leaving;
    private long idleSinceNanos = System.nanoTime();

    Http2Connection(HostPool pool) {
        this.pool = pool;
    }

    Channel channel() {
        return java.util.Objects.requireNonNull(parent, "channel");
    }

    int served() {
        return served;
    }

    boolean hasRoom() {
        return !leaving && streams < maxStreams && channel().isActive();
    }

    /** @return whether the call has gone to this connection */
    boolean tryOpenStream(UpstreamCall call) {
        if (!hasRoom()) {
            return false;
        }
        boolean tooOld = System.nanoTime() - openedNanos
                > pool.settings().pool().maxLife().toNanos();
        if (tooOld) {
            leave();
            return false;
        }
        streams++;
        Http2Stream handler = new Http2Stream(this);
        new Http2StreamChannelBootstrap(channel())
                .handler(new ChannelInitializer<Http2StreamChannel>() {
                    @Override
                    protected void initChannel(Http2StreamChannel stream) {
                        stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(false, true), handler);
                    }
                })
                .open()
                .addListener(opened -> {
                    if (opened.isSuccess()) {
                        call.onConnection(handler);
                    } else {
                        onStreamClosed();
                        call.onDisconnected(
                                dev.meridian.filters.problem.Failure.CONNECTION_TERMINATED, true, opened.cause());
                    }
                });
        return true;
    }

    void onStreamClosed() {
        streams--;
        served++;
        if (streams == 0) {
            idleSinceNanos = System.nanoTime();
            if (leaving) {
                channel().close();
                return;
            }
        }
        pool.serve(this);
    }

    void closeIfIdle(long now, long idleNanos) {
        if (streams == 0 && now - idleSinceNanos > idleNanos) {
            leave();
        }
    }

    /** No new streams; closed when the last one has ended. */
    private void leave() {
        leaving = true;
        pool.onClosed(this);
        if (streams == 0) {
            channel().close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        parent = ctx.channel();
    }

    /** Widens the connection's receive window; the codec must be active. */
    static void widenWindow(Http2FrameCodec codec, ChannelHandlerContext ctx) throws Exception {
        io.netty.handler.codec.http2.Http2Connection connection = codec.connection();
        connection.local().flowController().incrementWindowSize(connection.connectionStream(), CONNECTION_WINDOW);
        ctx.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof Http2SettingsFrame settings) {
            Long allowed = settings.settings().maxConcurrentStreams();
            if (allowed != null) {
                maxStreams = (int) Math.min(allowed, Integer.MAX_VALUE);
            }
        } else if (msg instanceof Http2GoAwayFrame) {
            leave();
        }
        ReferenceCountUtil.release(msg);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        leaving = true;
        pool.onClosed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}

package dev.meridian.filters.forward;

import dev.meridian.filters.problem.Failure;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** One call on a stream of its own. Closing the stream's channel before its end resets it (RFC 9113 §5.4.2). */
final class Http2Stream extends CallHandler {

    private final Http2Connection connection;
    private boolean refused;

    Http2Stream(Http2Connection connection) {
        this.connection = connection;
    }

    @Override
    boolean reused() {
        return connection.served() > 0;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame reset) {
            refused = reset.errorCode() == Http2Error.REFUSED_STREAM.code();
            ctx.close();
        } else if (event instanceof Http2GoAwayFrame) {
            refused = true; // only streams are told that come after the last one that the peer has looked at
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof Http2ResetFrame reset) {
            refused = reset.errorCode() == Http2Error.REFUSED_STREAM.code();
            ReferenceCountUtil.release(msg);
            ctx.close();
        } else {
            super.channelRead(ctx, msg);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        super.channelInactive(ctx);
        connection.onStreamClosed();
    }

    @Override
    void onCallEnd(ChannelHandlerContext ctx, UpstreamCall call) {
        ctx.close();
    }

    @Override
    void onLost(UpstreamCall call, @Nullable Throwable cause) {
        call.onDisconnected(Failure.CONNECTION_TERMINATED, refused, cause);
    }

    @Override
    void onIdleEvent(ChannelHandlerContext ctx) {
        ctx.close();
    }
}

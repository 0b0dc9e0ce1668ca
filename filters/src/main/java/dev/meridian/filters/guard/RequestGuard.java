package dev.meridian.filters.guard;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands behind the HTTP/1.1 codec of a client's connection, before the server sees a message.
 *
 * <ul>
 *   <li>A head that cannot be decoded, or does not come in time, is answered here and the connection closed.
 *   <li>A body that breaks off in its framing becomes an error of the request, never its end: what came is not taken for
 *       all that was sent.
 *   <li>A connection that is closed while the client still sends is closed in two steps, so that the answer is read
 *       before the reset comes (RFC 9112 §9.6).
 * </ul>
 *
 * <p>Confined to the channel's event loop.
 */
final class RequestGuard extends ChannelDuplexHandler {

    static final String NAME = "meridian.guard";
    static final String CLOCK = "meridian.guard.clock";

    /** How long a client that still sends is listened to after the answer. */
    private static final long LINGER_MILLIS = 1000;

    private final long headerTimeoutMillis;
    private boolean bytesSeen;
    private boolean inMessage;
    private boolean refused;
    private boolean lingering;
    private @Nullable Future<?> headDeadline;

    RequestGuard(long headerTimeoutMillis) {
        this.headerTimeoutMillis = headerTimeoutMillis;
    }

    /** Sees the bytes before the codec does: only so is it known that a head has begun. */
    ChannelInboundHandlerAdapter clock() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object msg) {
                bytesSeen = true;
                ctx.fireChannelRead(msg);
            }
        };
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (refused || lingering) {
            boolean last = msg instanceof LastHttpContent;
            ReferenceCountUtil.release(msg);
            if (lingering && last) {
                ctx.close();
            }
            return;
        }
        if (msg instanceof HttpRequest request) {
            stopClock();
            if (request.decoderResult().isFailure()) {
                refuse(ctx, msg, Refusals.of(request.decoderResult().cause()));
                return;
            }
            inMessage = true;
        } else if (msg instanceof HttpContent content
                && ((HttpObject) content).decoderResult().isFailure()) {
            refused = true;
            Throwable cause = content.decoderResult().cause();
            ReferenceCountUtil.release(msg);
            ctx.fireExceptionCaught(GatewayException.of(Failure.REQUEST_BROKEN, cause));
            return;
        }
        if (msg instanceof LastHttpContent) {
            inMessage = false;
            bytesSeen = false;
        }
        ctx.fireChannelRead(msg);
    }

    private void refuse(ChannelHandlerContext ctx, Object msg, Refusals refusal) {
        refused = true;
        ReferenceCountUtil.release(msg);
        inMessage = true; // what else the client sends is read for a while before the connection is reset
        ctx.writeAndFlush(refusal.response(ctx.alloc())).addListener(sent -> close(ctx, ctx.newPromise()));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (bytesSeen && !inMessage && !refused && headDeadline == null) {
            if (ctx.pipeline().get(HttpServerCodec.class) == null) {
                // The client began with HTTP/2's preface, and the server has changed the pipeline for it.
                ctx.pipeline().remove(CLOCK);
                ctx.pipeline().remove(this);
                ctx.fireChannelReadComplete();
                return;
            }
            headDeadline = ctx.executor().schedule(() -> onHeadLate(ctx), headerTimeoutMillis, TimeUnit.MILLISECONDS);
        }
        ctx.fireChannelReadComplete();
    }

    private void onHeadLate(ChannelHandlerContext ctx) {
        headDeadline = null;
        if (!inMessage && !refused && ctx.channel().isActive()) {
            refuse(ctx, io.netty.buffer.Unpooled.EMPTY_BUFFER, Refusals.HEAD_LATE);
        }
    }

    private void stopClock() {
        Future<?> deadline = headDeadline;
        if (deadline != null) {
            deadline.cancel(false);
            headDeadline = null;
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        boolean stillSends = inMessage && ctx.channel().isActive();
        if (!stillSends || lingering || !(ctx.channel() instanceof SocketChannel socket) || isReset(socket)) {
            ctx.close(promise);
            return;
        }
        lingering = true;
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else {
            socket.shutdownOutput();
        }
        ctx.channel().config().setAutoRead(true);
        ctx.executor().schedule(() -> ctx.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        socket.closeFuture().addListener(closed -> promise.trySuccess());
    }

    /** Whether the close is meant to be a reset: then nothing may delay it. */
    private static boolean isReset(SocketChannel socket) {
        return socket.config().getSoLinger() == 0;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stopClock();
        ctx.fireChannelInactive();
    }
}

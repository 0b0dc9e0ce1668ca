package dev.meridian.filters.forward;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of an upstream's pipeline: turns HTTP messages into the events of the call that is on the connection (or, with
 * HTTP/2, on the stream). Confined to the channel's event loop.
 */
abstract class CallHandler extends ChannelInboundHandlerAdapter {

    /** How long an answer is waited for after a write has failed. */
    private static final long ANSWER_MILLIS = 1000;

    private @Nullable ChannelHandlerContext context;
    private @Nullable UpstreamCall current;
    /** Whether the response of the current call has ended in the read that is going on. */
    private boolean responseEnded;

    private boolean writeFailed;
    private @Nullable Throwable brokenBy;

    /** Whether the connection has been there for a while, so that the peer may have closed it meanwhile. */
    abstract boolean reused();

    /** The response of {@code call} has ended; called after everything that came with it was looked at. */
    abstract void onCallEnd(ChannelHandlerContext ctx, UpstreamCall call);

    /** How the end of the channel is to be read while a call is on it. */
    abstract void onLost(UpstreamCall call, @Nullable Throwable cause);

    /** Bytes or a close that belong to no call. */
    abstract void onIdleEvent(ChannelHandlerContext ctx);

    final ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("The channel is not open yet");
        }
        return ctx;
    }

    /** Whether anything came that no call can have caused. */
    final boolean isBroken() {
        return brokenBy != null || writeFailed;
    }

    final boolean inEventLoop() {
        return context().executor().inEventLoop();
    }

    final void execute(Runnable task) {
        context().executor().execute(task);
    }

    final boolean isWritable() {
        return context().channel().isWritable();
    }

    final void flush() {
        context().flush();
    }

    final void autoRead(boolean on) {
        context().channel().config().setAutoRead(on);
    }

    /** Writes the call's request; its body, if any, follows through {@link #writeBody}. */
    final void send(UpstreamCall call) {
        current = call;
        responseEnded = false;
        UpstreamRequest request = call.request();
        ChannelHandlerContext ctx = context();
        if (request.body() == null) {
            ctx.writeAndFlush(
                    new DefaultFullHttpRequest(
                            HttpVersion.HTTP_1_1,
                            request.method(),
                            request.target(),
                            Unpooled.EMPTY_BUFFER,
                            request.headers(),
                            EmptyHttpHeaders.INSTANCE),
                    ctx.voidPromise());
        } else {
            watch(ctx.write(new DefaultHttpRequest(
                    HttpVersion.HTTP_1_1, request.method(), request.target(), request.headers())));
            if (request.expectContinue()) {
                ctx.flush();
            }
        }
        if (current == call) {
            call.onHeadWritten(this);
        }
    }

    final void writeBody(ByteBuf buffer) {
        watch(context().writeAndFlush(new DefaultHttpContent(buffer)));
    }

    final void endBody() {
        watch(context().writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
    }

    /*
     * A peer that refuses a request early answers and closes; the next write then fails while the answer waits to be read.
     * So a failed write stops the sending only, and the connection is closed when it has had time to be read.
     */
    private void watch(ChannelFuture write) {
        UpstreamCall call = current;
        if (call != null) {
            write.addListener(done -> {
                if (!done.isSuccess() && current == call && !writeFailed) {
                    writeFailed = true;
                    call.stopSending();
                    autoRead(true);
                    context().executor().schedule(() -> closeIfOn(call), ANSWER_MILLIS, TimeUnit.MILLISECONDS);
                }
            });
        }
    }

    private void closeIfOn(UpstreamCall call) {
        if (current == call) {
            context().close();
        }
    }

    /** Cuts the call off: the peer sees its request broken, never finished, and the connection is not used again. */
    final void abort(UpstreamCall call) {
        if (current == call) {
            current = null;
            context().channel().close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        UpstreamCall call = current;
        if (call == null || responseEnded || !(msg instanceof HttpObject message)) {
            // Nobody asked for it: after this the connection's state is in doubt.
            ReferenceCountUtil.release(msg);
            brokenBy = brokenBy == null ? new IllegalStateException("Unexpected bytes") : brokenBy;
            onIdleEvent(ctx);
            return;
        }
        if (message.decoderResult().isFailure()) {
            ReferenceCountUtil.release(msg);
            Throwable cause = message.decoderResult().cause();
            boolean cut = cause instanceof PrematureChannelClosureException
                    || !ctx.channel().isActive();
            call.fail(GatewayException.of(cut ? Failure.HTTP_RESPONSE_INCOMPLETE : Failure.HTTP_PROTOCOL_ERROR, cause));
            return;
        }
        if (msg instanceof HttpResponse response) {
            int status = response.status().code();
            if (status < 100 || status > 999) {
                ReferenceCountUtil.release(msg);
                call.fail(GatewayException.of(Failure.HTTP_PROTOCOL_ERROR, "Status " + status + " is none"));
                return;
            }
            if (status < 200) {
                ReferenceCountUtil.release(msg);
                call.onInterim(status);
                return;
            }
            call.onHead(response);
        }
        if (msg instanceof HttpContent content) {
            if (isInterimEnd(call, content)) {
                content.release();
                return;
            }
            call.onContent(content.content());
            if (content instanceof LastHttpContent && brokenBy != null) {
                // Read until the connection was closed, but it was reset: nobody knows how much is missing.
                call.fail(GatewayException.of(Failure.HTTP_RESPONSE_INCOMPLETE, brokenBy));
            } else if (content instanceof LastHttpContent last) {
                responseEnded = true;
                call.onResponseEnd(last.trailingHeaders());
            }
        }
    }

    /** The decoder ends each interim response with an empty last content of its own. */
    private static boolean isInterimEnd(UpstreamCall call, HttpContent content) {
        return content instanceof LastHttpContent && !call.hasHead();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        UpstreamCall call = current;
        if (call != null) {
            if (responseEnded) {
                responseEnded = false;
                current = null;
                onCallEnd(ctx, call);
            }
            call.flushInbound();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        UpstreamCall call = current;
        if (call != null && ctx.channel().isWritable()) {
            call.onWritable();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (brokenBy == null) {
            brokenBy = cause;
        }
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        UpstreamCall call = current;
        current = null;
        if (call == null) {
            onIdleEvent(ctx);
        } else if (responseEnded) {
            onCallEnd(ctx, call);
            call.flushInbound();
        } else {
            onLost(call, brokenBy);
        }
    }
}

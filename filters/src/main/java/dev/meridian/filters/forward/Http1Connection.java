package dev.meridian.filters.forward;

import dev.meridian.filters.problem.Failure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An HTTP/1.1 connection: one call at a time, and as many one after the other as both sides like. */
final class Http1Connection extends CallHandler {

    private final HostPool pool;
    private final long openedNanos = System.nanoTime();
    private int served;
    private long idleSinceNanos;
    private long hintNanos = Long.MAX_VALUE;
    private boolean keepAlive = true;
    private boolean closedByUs;

    Http1Connection(HostPool pool) {
        this.pool = pool;
    }

    Channel channel() {
        return context().channel();
    }

    @Override
    boolean reused() {
        return served > 0 || idleSinceNanos != 0;
    }

    void onIdle() {
        idleSinceNanos = System.nanoTime();
    }

    /** Whether a call may be put on it: open, not too old, and not idle for longer than the peer may stand. */
    boolean isUsable(long now, long maxIdleNanos) {
        long idleNanos = now - idleSinceNanos;
        return !isTooOld(now)
                && idleNanos < maxIdleNanos
                && idleNanos < hintNanos
                && channel().isActive();
    }

    boolean isTooOld(long now) {
        return now - openedNanos >= pool.settings().pool().maxLife().toNanos();
    }

    void close() {
        closedByUs = true;
        channel().close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof HttpResponse response && response.status().code() >= 200) {
            readPersistence(response);
        }
        super.channelRead(ctx, msg);
    }

    private void readPersistence(HttpResponse response) {
        HttpHeaders headers = response.headers();
        keepAlive = HttpUtil.isKeepAlive(response);
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH) && headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            keepAlive = false; // RFC 9112 §6.3: not to be trusted with another message
        }
        String hint = headers.get("keep-alive");
        if (hint != null) {
            hintNanos = hint(hint);
        }
    }

    /** {@code timeout=5}: not used in the last second of it, when the peer may be closing already. */
    private static long hint(String value) {
        int at = value.indexOf("timeout=");
        if (at < 0) {
            return Long.MAX_VALUE;
        }
        int end = at + 8;
        while (end < value.length() && Character.isDigit(value.charAt(end))) {
            end++;
        }
        if (end == at + 8 || end - at > 16) {
            return Long.MAX_VALUE;
        }
        long seconds = Long.parseLong(value.substring(at + 8, end));
        return TimeUnit.SECONDS.toNanos(seconds)
                - TimeUnit.SECONDS.toNanos(seconds > 1 ? 1 : seconds)
                + (seconds == 1 ? TimeUnit.MILLISECONDS.toNanos(500) : 0);
    }

    @Override
    void onCallEnd(ChannelHandlerContext ctx, UpstreamCall call) {
        served++;
        if (served == 2) {
            pool.keepAlive().onReused();
        }
        if (keepAlive && call.requestSent() && !isBroken() && ctx.channel().isActive()) {
            if (!ctx.channel().config().isAutoRead()) {
                ctx.channel().config().setAutoRead(true);
            }
            pool.release(this);
        } else {
            closedByUs = true;
            ctx.close();
        }
    }

    @Override
    void onLost(UpstreamCall call, @Nullable Throwable cause) {
        call.onDisconnected(Failure.CONNECTION_TERMINATED, false, cause);
    }

    @Override
    void onIdleEvent(ChannelHandlerContext ctx) {
        boolean peerClosed = !closedByUs && !ctx.channel().isActive();
        if (peerClosed && served > 0) {
            long now = System.nanoTime();
            pool.keepAlive().onPeerClosed(now - idleSinceNanos, served, now);
        }
        pool.onIdleClosed(this);
        close();
    }
}

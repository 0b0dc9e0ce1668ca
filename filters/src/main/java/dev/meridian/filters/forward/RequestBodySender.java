package dev.meridian.filters.forward;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * Carries a request's body from the client to the upstream's connection, as fast as that takes it and no faster.
 *
 * <p>The body is finished upstream only when it arrived here in full: one that breaks off, is too long or shorter than
 * was declared aborts the upstream's request instead, so that no backend ever takes half a body for a whole one.
 */
final class RequestBodySender implements CoreSubscriber<DataBuffer> {

    /** Buffers asked for ahead of those written. */
    private static final int PREFETCH = 2;

    private final UpstreamCall call;
    private final CallHandler connection;
    private final UpstreamRequest request;
    private @Nullable Subscription subscription;
    private long bytes;
    private int owed;
    private boolean stopped;

    RequestBodySender(UpstreamCall call, CallHandler connection, UpstreamRequest request) {
        this.call = call;
        this.connection = connection;
        this.request = request;
    }

    void start() {
        java.util.Objects.requireNonNull(request.body(), "body").subscribe(this);
        connection.flush();
    }

    long bytes() {
        return bytes;
    }

    /** Whether the client, not the upstream, is the one who does not go on. */
    boolean waitsForClient() {
        return owed == 0;
    }

    void stop() {
        if (!stopped) {
            stopped = true;
            Subscription s = subscription;
            if (s != null) {
                s.cancel();
            }
        }
    }

    void onWritable() {
        if (!stopped && owed > 0 && connection.isWritable()) {
            int n = owed;
            owed = 0;
            Subscription s = subscription;
            if (s != null) {
                s.request(n);
            }
        }
    }

    @Override
    public void onSubscribe(Subscription s) {
        if (Operators.validate(subscription, s)) {
            subscription = s;
            s.request(PREFETCH);
        }
    }

    @Override
    public void onNext(DataBuffer data) {
        if (!connection.inEventLoop()) {
            connection.execute(() -> onNext(data));
            return;
        }
        if (stopped) {
            DataBufferUtils.release(data);
            return;
        }
        ByteBuf buffer = NettyDataBufferFactory.toByteBuf(data);
        bytes += buffer.readableBytes();
        if (bytes > request.maxBody()) {
            buffer.release();
            refuse(Failure.REQUEST_TOO_LARGE);
            return;
        }
        if (request.contentLength() >= 0 && bytes > request.contentLength()) {
            buffer.release();
            refuse(Failure.REQUEST_BROKEN);
            return;
        }
        call.onProgress();
        connection.writeBody(buffer);
        if (connection.isWritable()) {
            Subscription s = subscription;
            if (s != null) {
                s.request(1);
            }
        } else {
            owed++;
        }
    }

    @Override
    public void onError(Throwable t) {
        if (!connection.inEventLoop()) {
            connection.execute(() -> onError(t));
            return;
        }
        if (!stopped) {
            stopped = true;
            call.fail(t instanceof GatewayException own ? own : GatewayException.of(Failure.REQUEST_BROKEN, t));
        }
    }

    @Override
    public void onComplete() {
        if (!connection.inEventLoop()) {
            connection.execute(this::onComplete);
            return;
        }
        if (stopped) {
            return;
        }
        if (request.contentLength() >= 0 && bytes < request.contentLength()) {
            refuse(Failure.REQUEST_BROKEN);
            return;
        }
        stopped = true;
        connection.endBody();
        call.onRequestSent();
    }

    private void refuse(Failure failure) {
        stop();
        call.fail(GatewayException.of(failure));
    }
}

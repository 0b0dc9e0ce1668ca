package dev.meridian.filters.forward;

import dev.meridian.filters.problem.GatewayException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The body of one response, on its way from the upstream's connection to one subscriber.
 *
 * <p>Buffers wait in a queue until the subscriber asks for them and the client's connection can take them; above {@link
 * #HIGH_WATER} bytes the upstream is not read from, so that a slow client slows its upstream and costs bounded memory.
 * All state is confined to the event loop of the upstream's connection.
 */
final class ResponseBody extends Flux<ByteBuf> implements Subscription {

    /** Bytes queued above which reading from the upstream stops. */
    private static final long HIGH_WATER = 64 * 1024;
    /** Bytes queued below which it starts again. */
    private static final long LOW_WATER = 16 * 1024;

    private final EventLoop loop;
    private final UpstreamCall call;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>(4);
    private long queued;
    private boolean ended;
    private boolean paused;
    private boolean draining;
    private boolean terminated;
    private long demand;
    private @Nullable GatewayException error;
    private @Nullable HttpHeaders trailers;
    private @Nullable CoreSubscriber<? super ByteBuf> subscriber;
    private @Nullable BooleanSupplier gate;

    ResponseBody(EventLoop loop, UpstreamCall call) {
        this.loop = loop;
        this.call = call;
    }

    /** Whether the body arrived in full and none of it has been read yet. Asked on the event loop only. */
    boolean isWhole() {
        return ended && error == null && subscriber == null && loop.inEventLoop();
    }

    boolean hasTrailers() {
        return trailers != null && !trailers.isEmpty();
    }

    /** The trailer fields, known once the body has completed. */
    @Nullable
    HttpHeaders trailers() {
        return trailers;
    }

    /** Whether nothing of it has come yet. Asked on the event loop only. */
    boolean isUnbegun() {
        return queue.isEmpty() && !ended && loop.inEventLoop();
    }

    /** Whether bytes are here that the client does not take. */
    boolean waitsForReader() {
        return !queue.isEmpty();
    }

    /** Takes the whole body as one buffer, {@code null} where it is empty; only after {@link #isWhole()}. */
    @Nullable
    ByteBuf takeWhole() {
        terminated = true;
        ByteBuf first = queue.poll();
        if (first == null || queue.isEmpty()) {
            return first;
        }
        io.netty.buffer.CompositeByteBuf all = first.alloc().compositeBuffer(queue.size() + 1);
        all.addComponent(true, first);
        ByteBuf next;
        while ((next = queue.poll()) != null) {
            all.addComponent(true, next);
        }
        return all;
    }

    /** @param open whether the client's connection can take more; {@link #drain()} is called when that turns true */
    void gate(BooleanSupplier open) {
        this.gate = open;
    }

    @Override
    public void subscribe(CoreSubscriber<? super ByteBuf> actual) {
        if (!loop.inEventLoop()) {
            loop.execute(() -> subscribe(actual));
            return;
        }
        if (subscriber != null || terminated) {
            Operators.error(actual, new IllegalStateException("The body can be read once"));
            return;
        }
        subscriber = actual;
        actual.onSubscribe(this);
        drain();
    }

    @Override
    public void request(long n) {
        if (!Operators.validate(n)) {
            return;
        }
        if (!loop.inEventLoop()) {
            loop.execute(() -> request(n));
            return;
        }
        demand = Operators.addCap(demand, n);
        drain();
    }

    @Override
    public void cancel() {
        dispose();
    }

    /** Gives up the body: buffers are released and, where it had not ended, the upstream's connection is aborted. */
    void dispose() {
        if (!loop.inEventLoop()) {
            loop.execute(this::dispose);
            return;
        }
        if (!terminated) {
            terminated = true;
            releaseQueue();
            if (!ended) {
                ended = true;
                call.cancel();
            }
        }
    }

    /** Takes over the buffer. */
    void offer(ByteBuf buffer) {
        if (terminated) {
            buffer.release();
            return;
        }
        queue.add(buffer);
        queued += buffer.readableBytes();
        if (queued >= HIGH_WATER) {
            drain();
            if (queued >= HIGH_WATER && !paused && !ended) {
                paused = true;
                call.pauseReading();
            }
        }
    }

    void complete(@Nullable HttpHeaders trailerFields) {
        trailers = trailerFields;
        ended = true;
    }

    void fail(GatewayException failure) {
        if (!ended) {
            error = failure;
            ended = true;
            drain();
        }
    }

    /** Passes on what can be passed on; on the event loop. */
    void drain() {
        CoreSubscriber<? super ByteBuf> to = subscriber;
        if (to == null || draining || terminated) {
            return;
        }
        draining = true;
        // A broken transfer is broken at once: bytes that nobody can use any more need not be delivered first.
        while (error == null && demand > 0 && !queue.isEmpty() && (gate == null || gate.getAsBoolean())) {
            ByteBuf next = queue.poll();
            queued -= next.readableBytes();
            demand--;
            to.onNext(next);
            if (terminated) {
                draining = false;
                return;
            }
        }
        draining = false;
        if (error != null) {
            terminated = true;
            releaseQueue();
            to.onError(error);
        } else if (ended && queue.isEmpty()) {
            terminated = true;
            to.onComplete();
        } else if (paused && queued <= LOW_WATER) {
            paused = false;
            call.resumeReading();
        }
    }

    private void releaseQueue() {
        ByteBuf next;
        while ((next = queue.poll()) != null) {
            next.release();
        }
        queued = 0;
    }
}

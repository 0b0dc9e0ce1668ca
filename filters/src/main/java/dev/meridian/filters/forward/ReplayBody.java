package dev.meridian.filters.forward;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * A request's body that can be sent more than once: what was read of it is kept while it fits, and whoever subscribes next,
 * after the one before has cancelled, gets that first and then the rest as it comes. Where it does not fit it goes on to
 * whoever reads it, and cannot be sent again.
 *
 * <p>Each subscriber's demand is met from what is kept; only what goes beyond is asked of the client. {@link #keepNoMore()}
 * ends the keeping when an answer has begun, {@link #close()} gives up all of it. Confined to the event loop.
 */
final class ReplayBody extends Flux<DataBuffer> implements CoreSubscriber<DataBuffer> {

    /** A piece may keep much more memory than its bytes take: of a body in small pieces fewer bytes are kept. */
    private static final int MOST_PIECES = 256;

    private static final NettyDataBufferFactory BUFFERS = new NettyDataBufferFactory(ByteBufAllocator.DEFAULT);

    private final Publisher<DataBuffer> source;
    private final EventLoop loop;
    private final long limit;
    private final ArrayList<ByteBuf> kept = new ArrayList<>(4);
    private long keptBytes;
    /** Whether what is passed on is kept as well. */
    private boolean keeping = true;

    private boolean closed;
    private boolean subscribed;
    private boolean ended;
    private @Nullable Throwable error;
    private @Nullable Subscription client;
    /** Asked of the client, and not come yet. */
    private long awaited;

    private @Nullable Reader reader;

    /** @param limit bytes that are kept */
    ReplayBody(Publisher<DataBuffer> source, EventLoop loop, long limit) {
        this.source = source;
        this.loop = loop;
        this.limit = limit;
    }

    /** Whether all of it that was read can be read again. */
    boolean canReplay() {
        return keeping && !closed;
    }

    @Override
    public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
        if (reader != null || closed || subscribed && !keeping) {
            Operators.error(actual, new IllegalStateException("The body cannot be read again"));
            return;
        }
        if (!subscribed) {
            subscribed = true;
            source.subscribe(this);
        }
        Reader next = new Reader(actual);
        reader = next;
        actual.onSubscribe(next);
        drain();
    }

    /** The answer has begun: the body goes on to its reader, and nothing is kept any longer. */
    void keepNoMore() {
        keeping = false;
        Reader to = reader;
        if (to == null) {
            close();
        } else {
            releaseRead(to);
        }
    }

    /** Nobody wants any of it any more. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        keeping = false;
        reader = null;
        kept.forEach(ByteBuf::release);
        kept.clear();
        Subscription from = client;
        if (from != null && !ended) {
            from.cancel();
        }
    }

    // The client.

    @Override
    public void onSubscribe(Subscription s) {
        if (Operators.validate(client, s)) {
            client = s;
            if (closed) {
                s.cancel();
            } else if (loop.inEventLoop()) {
                drain();
            } else {
                loop.execute(this::drain);
            }
        }
    }

    @Override
    public void onNext(DataBuffer data) {
        ByteBuf piece = NettyDataBufferFactory.toByteBuf(data);
        if (loop.inEventLoop()) {
            take(piece);
        } else {
            loop.execute(() -> take(piece));
        }
    }

    private void take(ByteBuf piece) {
        if (closed) {
            piece.release();
            return;
        }
        awaited--;
        kept.add(piece);
        keptBytes += piece.readableBytes();
        if (keeping && (keptBytes > limit || kept.size() > MOST_PIECES)) {
            keepNoMore();
        }
        drain();
    }

    @Override
    public void onError(Throwable t) {
        end(t);
    }

    @Override
    public void onComplete() {
        end(null);
    }

    private void end(@Nullable Throwable with) {
        if (!loop.inEventLoop()) {
            loop.execute(() -> end(with));
            return;
        }
        ended = true;
        error = with;
        drain();
    }

    private void drain() {
        Reader to = reader;
        if (to != null) {
            to.drain();
        }
    }

    /** What the reader has got and no other will. */
    private void releaseRead(Reader by) {
        List<ByteBuf> read = kept.subList(0, by.position);
        read.forEach(ByteBuf::release);
        read.clear();
        by.position = 0;
    }

    /** One attempt's. */
    private final class Reader implements Subscription {

        private final CoreSubscriber<? super DataBuffer> actual;
        /** How many of what is kept it has got. */
        private int position;

        private long demand;
        private boolean draining;

        Reader(CoreSubscriber<? super DataBuffer> actual) {
            this.actual = actual;
        }

        @Override
        public void request(long n) {
            if (Operators.validate(n)) {
                demand = Operators.addCap(demand, n);
                drain();
            }
        }

        @Override
        public void cancel() {
            if (reader == this) {
                reader = null;
                if (!keeping) {
                    close();
                }
            }
        }

        void drain() {
            if (draining) {
                return;
            }
            draining = true;
            while (reader == this && demand > 0 && position < kept.size()) {
                demand--;
                actual.onNext(BUFFERS.wrap(next()));
            }
            Throwable e = error;
            if (reader == this && ended && (e != null || position == kept.size())) {
                reader = null;
                if (e != null) {
                    actual.onError(e);
                } else {
                    actual.onComplete();
                }
            }
            draining = false;
            ask();
        }

        private ByteBuf next() {
            // What is not kept is at most what was read before the keeping ended, or the one piece that has just come.
            return keeping ? kept.get(position++).retainedDuplicate() : kept.remove(0);
        }

        /** The client is asked for what this one wants beyond what is kept. */
        private void ask() {
            Subscription from = client;
            long missing = demand - (kept.size() - position) - awaited;
            if (from != null && reader == this && !ended && missing > 0) {
                awaited += missing;
                from.request(missing);
            }
        }
    }
}

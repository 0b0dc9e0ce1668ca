package dev.meridian.filters.forward;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.upstream.UpstreamSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one endpoint. A request is served on the event loop that its client's connection
 * lives on, so that nothing is handed between threads on its way.
 *
 * <p>Unused connections are taken last in, first out: few stay open, the rest grow old and are closed. Confined to the
 * event loop, {@link #hasIdle()} excepted.
 */
final class HostPool {

    /** After so many hand-overs in a row to calls of its own, a connection makes room for another member's. */
    private static final int FAIR_HANDOVERS = 64;
    /**
     * A connect that ends as closed, neither refused nor timed out, was closed by an event of another socket: one that was
     * closed in the same turn of the loop and whose number the new one has got. It is tried anew.
     */
    private static final int SPURIOUS_CLOSES = 3;

    private final EventLoop loop;
    private final Deadlines deadlines;
    private final UpstreamPool shared;
    private final Bootstrap bootstrap;
    private final SocketAddress address;
    private final @Nullable SslContext tls;
    private final HostKey key;
    private final KeepAliveEstimate keepAlive;
    private final ArrayDeque<Http1Connection> idle = new ArrayDeque<>();
    private final List<Http2Connection> multiplexed = new ArrayList<>();
    private final ArrayDeque<UpstreamCall> waiting = new ArrayDeque<>();
    private UpstreamSettings configured;
    private int handovers;
    private int connecting;
    /** Open transports, in use or not. */
    private int open;

    private volatile boolean anyIdle;

    HostPool(
            EventLoop loop,
            Deadlines deadlines,
            UpstreamPool shared,
            Bootstrap bootstrap,
            SocketAddress address,
            @Nullable SslContext tls,
            HostKey key) {
        this.loop = loop;
        this.deadlines = deadlines;
        this.shared = shared;
        this.bootstrap = bootstrap;
        this.address = address;
        this.tls = tls;
        this.key = key;
        this.configured = shared.settings();
        this.keepAlive = new KeepAliveEstimate(configured.pool().idleTimeout().toNanos());
        shared.add(this);
    }

    EventLoop loop() {
        return loop;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    UpstreamSettings settings() {
        return shared.settings();
    }

    Protocol protocol() {
        return key.protocol();
    }

    /** What the request that comes next was configured with; nearly always that is what it was before. */
    void configure(UpstreamSettings settings) {
        if (settings != configured) {
            configured = settings;
            keepAlive.configure(settings.pool().idleTimeout().toNanos());
        }
        if (settings != shared.settings()) {
            shared.configure(settings);
        }
    }

    KeepAliveEstimate keepAlive() {
        return keepAlive;
    }

    /** Whether a connection lies idle; from any thread, a moment old. */
    boolean hasIdle() {
        return anyIdle;
    }

    /** Finds a connection for the call: an unused one, a new one, or the next that becomes free. */
    void acquire(UpstreamCall call) {
        if (protocol() != Protocol.HTTP1) {
            // From the end: one that is too old takes itself out of the list.
            for (int i = multiplexed.size() - 1; i >= 0; i--) {
                if (multiplexed.get(i).tryOpenStream(call)) {
                    return;
                }
            }
        }
        Http1Connection connection = pollUsable(call.request().repeatable());
        if (connection != null) {
            call.onConnection(connection);
        } else {
            open(call);
        }
    }

    /** Opens a new connection for the call, or lets it wait where no more may be opened. */
    void open(UpstreamCall call) {
        boolean multiplexes = protocol() != Protocol.HTTP1;
        if (multiplexes && waiting.size() < connecting * Http2Connection.STREAMS_BEFORE_SETTINGS) {
            waiting.add(call);
            call.onConnecting();
        } else if (shared.tryOpen()) {
            waiting.add(call);
            call.onConnecting();
            connect(call.timeouts());
        } else if (shared.tryQueue(this)) {
            waiting.add(call);
            call.onQueued();
        } else {
            call.fail(GatewayException.unsent(Failure.CONNECTION_LIMIT_REACHED, null));
        }
    }

    /** A call that waited is no longer interested. */
    void forget(UpstreamCall call, boolean queued) {
        waiting.remove(call);
        if (queued) {
            shared.onUnqueued(this);
        }
    }

    private @Nullable Http1Connection pollUsable(boolean repeatable) {
        long now = System.nanoTime();
        long maxIdle = keepAlive.maxIdleNanos(now);
        Http1Connection connection;
        while ((connection = idle.pollFirst()) != null) {
            noteIdle(-1);
            // Where the request could not be repeated, the kernel is asked whether the peer has closed meanwhile.
            if (connection.isUsable(now, maxIdle) && (repeatable || Liveness.isOpen(connection.channel()))) {
                return connection;
            }
            connection.close();
        }
        return null;
    }

    private void connect(CallTimeouts timeouts) {
        connecting++;
        connect(timeouts, SPURIOUS_CLOSES);
    }

    private void connect(CallTimeouts timeouts, int spuriousCloses) {
        ChannelFuture future = bootstrap
                .clone()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeouts.connectMillis())
                .handler(new UpstreamInitializer(this, tls, key.host(), key.port(), timeouts.tlsMillis()))
                .connect(address);
        future.addListener(done -> {
            if (done.cause() instanceof ClosedChannelException && spuriousCloses > 0 && isWanted()) {
                connect(timeouts, spuriousCloses - 1);
            } else if (!done.isSuccess()) {
                onConnectFailed(done.cause());
            } else {
                open++;
                future.channel().closeFuture().addListener(closed -> {
                    open--;
                    shared.onClosed();
                });
            }
        });
    }

    /** Whether a call waits for each connection that is on its way: those that have given up need none. */
    private boolean isWanted() {
        return !loop.isShuttingDown()
                && waiting.stream().filter(call -> !call.isQueued()).count() >= connecting;
    }

    /** The transport, TLS and protocol of a connection could not be set up; one call fails for it. */
    void onConnectFailed(Throwable cause) {
        connecting--;
        shared.onClosed();
        onUnusable(cause);
    }

    private void onUnusable(Throwable cause) {
        Failure failure = ConnectFailures.classify(cause);
        // One call per connection that is not coming; calls that gave up meanwhile have left theirs to the others.
        boolean multiplexes = protocol() != Protocol.HTTP1;
        long unserved = waiting.stream().filter(call -> !call.isQueued()).count();
        long failing = multiplexes && connecting > 0 ? 0 : multiplexes ? unserved : unserved - connecting;
        for (UpstreamCall call : List.copyOf(waiting)) {
            if (failing > 0 && !call.isQueued() && waiting.remove(call)) {
                failing--;
                call.fail(GatewayException.unsent(failure, cause));
            }
        }
    }

    /** A connection stands, and TLS begins: those that wait for it wait for that. */
    void onHandshaking() {
        boolean multiplexes = protocol() != Protocol.HTTP1;
        for (UpstreamCall call : waiting) {
            if (call.isReaching()) {
                call.onHandshaking();
                if (!multiplexes) {
                    return;
                }
            }
        }
    }

    /** A handshake failed after the transport was connected; its slot comes back when the channel has closed. */
    void onHandshakeFailed(Throwable cause) {
        connecting--;
        onUnusable(cause);
    }

    /** An HTTP/1.1 connection is ready for its first call. */
    void onConnected(Http1Connection connection) {
        connecting--;
        release(connection);
    }

    /** An HTTP/2 connection is ready for calls. */
    void onConnected(Http2Connection connection) {
        connecting--;
        multiplexed.add(connection);
        serve(connection);
    }

    void serve(Http2Connection connection) {
        UpstreamCall call;
        while ((call = waiting.peek()) != null) {
            boolean queued = call.isQueued();
            if (!connection.hasRoom()) {
                return;
            }
            waiting.poll();
            if (queued) {
                shared.onUnqueued(this);
            }
            connection.tryOpenStream(call);
        }
    }

    void onClosed(Http2Connection connection) {
        multiplexed.remove(connection);
    }

    /** The connection is free: the next call that waits gets it, else it lies idle. */
    void release(Http1Connection connection) {
        long now = System.nanoTime();
        boolean doubtful = connection.isTooOld(now) || connection.reused() && keepAlive.maxIdleNanos(now) == 0;
        boolean others = shared.othersWait(this) && (waiting.isEmpty() || ++handovers > FAIR_HANDOVERS);
        if (doubtful || others || shared.isOver()) {
            handovers = 0;
            connection.close();
            return;
        }
        UpstreamCall call = pollWaiting(connection.reused());
        if (call == null) {
            connection.onIdle();
            idle.addFirst(connection);
            noteIdle(1);
            return;
        }
        if (connection.reused() && !call.request().repeatable() && !Liveness.isOpen(connection.channel())) {
            waiting.addFirst(call);
            connection.close(); // frees a slot, for which the next that waits is served
            return;
        }
        if (call.isQueued()) {
            shared.onUnqueued(this);
        }
        call.onConnection(connection);
    }

    /** The first call that waits; one that a used connection has failed before gets a new one. */
    private @Nullable UpstreamCall pollWaiting(boolean reused) {
        for (UpstreamCall call : waiting) {
            if (!reused || !call.needsFresh()) {
                waiting.remove(call);
                return call;
            }
        }
        return null;
    }

    void onIdleClosed(Http1Connection connection) {
        if (idle.remove(connection)) {
            noteIdle(-1);
        }
    }

    /** A slot was freed: opens a connection for a call that waits without one. */
    void openForQueued() {
        for (UpstreamCall call : waiting) {
            if (call.isQueued()) {
                if (shared.tryOpen()) {
                    shared.onTurnTaken();
                    call.onConnecting();
                    connect(call.timeouts());
                } else {
                    shared.onStillHungry(this);
                }
                return;
            }
        }
        shared.passOn();
    }

    /** Whether nothing is open, wanted, on its way or worth remembering. */
    boolean isUnused(long now) {
        return waiting.isEmpty() && connecting == 0 && open == 0 && !keepAlive.hasEvidence(now);
    }

    UpstreamPool shared() {
        return shared;
    }

    void closeOneIdle() {
        Http1Connection oldest = idle.pollLast();
        if (oldest != null) {
            noteIdle(-1);
            oldest.close();
        }
    }

    /** Closes what has been unused for too long. */
    void evict(long now) {
        long maxIdle = keepAlive.maxIdleNanos(now);
        Http1Connection oldest;
        while ((oldest = idle.peekLast()) != null && (shared.isOver() || !oldest.isUsable(now, maxIdle))) {
            idle.pollLast();
            noteIdle(-1);
            oldest.close();
        }
        long idleNanos = settings().pool().idleTimeout().toNanos();
        for (Http2Connection connection : List.copyOf(multiplexed)) {
            connection.closeIfIdle(now, shared.isOver() ? 0 : idleNanos);
        }
    }

    /** The endpoint is out: calls that can be made elsewhere are, and unused connections are not kept. */
    void abandon() {
        closeAllIdle();
        for (Deadlines.Entry each : deadlines.entries()) {
            if (each instanceof UpstreamCall call && call.isOn(this)) {
                call.abandon();
            }
        }
    }

    private void closeAllIdle() {
        while (!idle.isEmpty()) {
            closeOneIdle();
        }
    }

    void closeAll() {
        closeAllIdle();
        for (Http2Connection connection : List.copyOf(multiplexed)) {
            connection.channel().close();
        }
    }

    private void noteIdle(int by) {
        shared.idleChanged(by);
        anyIdle = !idle.isEmpty();
    }
}

package dev.meridian.filters.forward;

import dev.meridian.routes.upstream.UpstreamSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/** All connections to all upstreams, kept apart by event loop. Thread-safe. */
public final class UpstreamTransport implements AutoCloseable {

    private static final long EVICT_MILLIS = 500;
    private static final int KEEPALIVE_IDLE_SECONDS = 10;
    private static final int KEEPALIVE_INTERVAL_SECONDS = 5;
    private static final int KEEPALIVE_COUNT = 3;

    private final LoopResources loops;
    private final ClientTls tls;
    private final AddressResolverGroup<InetSocketAddress> resolver;
    private final Map<EventLoop, LoopTransport> perLoop = new ConcurrentHashMap<>();
    private final Map<String, UpstreamPool> pools = new ConcurrentHashMap<>();
    private volatile boolean closed;

    UpstreamTransport(LoopResources loops, ClientTls tls) {
        this.loops = loops;
        this.tls = tls;
        Class<? extends DatagramChannel> datagrams =
                loops.onChannelClass(DatagramChannel.class, loops.onClient(LoopResources.DEFAULT_NATIVE));
        this.resolver = new LastGoodAddresses(new DnsAddressResolverGroup(
                new DnsNameResolverBuilder().datagramChannelType(datagrams).queryTimeoutMillis(2000)));
    }

    /** Any of the event loops, for a request that did not come over one of them. */
    EventLoop anyLoop() {
        return loops.onClient(LoopResources.DEFAULT_NATIVE).next();
    }

    /** The deadlines of the event loop; on it. */
    Deadlines deadlines(EventLoop loop) {
        return on(loop).deadlines;
    }

    private LoopTransport on(EventLoop loop) {
        LoopTransport on = perLoop.get(loop);
        return on != null ? on : perLoop.computeIfAbsent(loop, LoopTransport::new);
    }

    /** Starts the call; on its event loop. */
    UpstreamCall start(
            EventLoop loop,
            HostKey key,
            UpstreamSettings settings,
            UpstreamRequest request,
            CallTimeouts timeouts,
            CallListener listener) {
        UpstreamCall call = new UpstreamCall(request, on(loop).pool(key, settings), timeouts, listener);
        call.start();
        return call;
    }

    /** The pools that have been used lately, for whoever reports on them. */
    public Collection<PoolView> pools() {
        return pools.values().stream()
                .map(pool ->
                        new PoolView(HostKey.display(pool.name()), pool.connections(), pool.idle(), pool.pending()))
                .toList();
    }

    /**
     * A pool's figures at one moment.
     *
     * @param upstream its name, or {@code host:port} of a route that names an address itself
     * @param connections open, idle ones included
     * @param idle open and unused
     * @param pending requests that wait for a connection
     */
    public record PoolView(String upstream, int connections, int idle, int pending) {}

    /** An endpoint is known not to answer any more; what can be done elsewhere is not waited for. From any thread. */
    void abandon(HostKey key) {
        perLoop.forEach((loop, transport) -> loop.execute(() -> transport.abandon(key)));
    }

    @Override
    public void close() {
        closed = true;
        perLoop.forEach((loop, transport) -> {
            if (!loop.isShuttingDown()) {
                loop.execute(transport::closeAll);
            }
        });
        resolver.close();
    }

    private static InetSocketAddress address(HostKey key) {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(key.host());
        return literal == null
                ? InetSocketAddress.createUnresolved(key.host(), key.port())
                : new InetSocketAddress(literal, key.port());
    }

    /** Confined to its event loop. */
    private final class LoopTransport {

        private final EventLoop loop;
        private final Deadlines deadlines;
        private final Bootstrap bootstrap;
        private final Map<HostKey, HostPool> hosts = new HashMap<>();
        private boolean evicting;

        LoopTransport(EventLoop loop) {
            this.loop = loop;
            this.deadlines = new Deadlines(loop);
            Class<? extends Channel> channel = loops.onChannelClass(SocketChannel.class, loop);
            this.bootstrap = new Bootstrap()
                    .group(loop)
                    .channel(channel)
                    .resolver(resolver)
                    // A write that fails must not keep an answer from being read that has arrived already.
                    .option(ChannelOption.AUTO_CLOSE, false)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.SO_KEEPALIVE, true);
            if (EpollSocketChannel.class.isAssignableFrom(channel)) {
                noticeLostPeers(bootstrap);
            }
        }

        /** A peer that is gone without a word is found within half a minute; with a request under way, by its deadlines. */
        private static void noticeLostPeers(Bootstrap bootstrap) {
            bootstrap
                    .option(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS)
                    .option(EpollChannelOption.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS)
                    .option(EpollChannelOption.TCP_KEEPCNT, KEEPALIVE_COUNT);
        }

        HostPool pool(HostKey key, UpstreamSettings settings) {
            HostPool pool = hosts.get(key);
            if (pool == null) {
                UpstreamPool shared = pools.computeIfAbsent(key.pool(), name -> new UpstreamPool(name, settings));
                SslContext context = key.secure() ? tls.context(key.protocol()) : null;
                pool = new HostPool(loop, deadlines, shared, bootstrap, address(key), context, key);
                hosts.put(key, pool);
                scheduleEviction();
            }
            pool.configure(settings);
            return pool;
        }

        private void scheduleEviction() {
            if (!evicting && !closed) {
                evicting = true;
                loop.schedule(this::evict, EVICT_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        /** Hosts may be named by requests, so those that are not used any more are forgotten. */
        private void evict() {
            evicting = false;
            long now = System.nanoTime();
            for (Iterator<HostPool> all = hosts.values().iterator(); all.hasNext(); ) {
                HostPool pool = all.next();
                pool.evict(now);
                if (pool.isUnused(now)) {
                    all.remove();
                    forget(pool);
                }
            }
            if (!hosts.isEmpty()) {
                scheduleEviction();
            }
        }

        private void forget(HostPool pool) {
            @Nullable UpstreamPool shared = pool.shared();
            pools.computeIfPresent(
                    shared.name(), (name, known) -> known == shared && shared.remove(pool) ? null : known);
        }

        void abandon(HostKey key) {
            HostPool pool = hosts.get(key);
            if (pool != null) {
                pool.abandon();
            }
        }

        void closeAll() {
            hosts.values().forEach(HostPool::closeAll);
        }
    }
}

package dev.meridian.filters.ratelimit.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.internal.ThreadExecutorMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * Sends calls to Redis: those of one turn of an event loop go out in one piece, and each ends within the deadline. A Redis
 * that has failed once is left alone and probed, until it answers again. Thread-safe.
 */
public final class RedisLink implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
    private static final Duration PROBE_EVERY = Duration.ofMillis(250);

    /** After so many probes in vain the Redis that is connected to may not be the one that counts any more. */
    private static final int PROBES_OF_A_CONNECTION = 4;

    private final LimitConnection connection;
    private final Duration timeout;
    private final Scheduler scheduler;
    private final Map<String, Circuit> circuits = new ConcurrentHashMap<>();
    private final FastThreadLocal<@Nullable Batch> open = new FastThreadLocal<>();
    private volatile Recovery recovery = (circuit, done) -> done.run();
    private volatile boolean closed;

    /**
     * @param application where Redis is
     * @param timeout of each call
     * @param scheduler for what is to happen later; never an event loop
     * @param blocking where connecting may wait
     */
    public RedisLink(
            LettuceConnectionFactory application,
            EventLoopGroup loops,
            Duration timeout,
            Scheduler scheduler,
            Scheduler blocking) {
        Script.load();
        this.connection = new LimitConnection(application, new ServerLoops(loops), blocking);
        this.timeout = timeout;
        this.scheduler = scheduler;
    }

    /** Who is to tell a Redis that is there again what was counted meanwhile. */
    public void onRecovery(Recovery recovery) {
        this.recovery = recovery;
    }

    /** Of the Redis that has the key. */
    public Circuit circuit(byte[] key) {
        String node = connection.node(key);
        Circuit known = circuits.get(node);
        return known != null ? known : circuits.computeIfAbsent(node, Circuit::new);
    }

    /** All that have been asked for. */
    public Collection<Circuit> circuits() {
        return circuits.values();
    }

    /**
     * Sends a call; it fails at once where there is no connection.
     *
     * @param circuit of its key
     * @param probe what finds out whether that Redis works again, if this fails
     */
    public void send(ScriptCall call, Circuit circuit, Probe probe) {
        transmit(new Watched(call, circuit, probe));
    }

    /** Sends a call whose failure means nothing for others. */
    public void sendUnwatched(ScriptCall call) {
        transmit(new Watched(call, null, null));
    }

    /** A failure of a call that was watched. */
    private void failed(Circuit circuit, Probe probe, Throwable cause) {
        if (closed) {
            return;
        }
        if (circuit.onFailure(String.valueOf(cause.getMessage()))) {
            log.debug("{} is probed", circuit.name(), cause);
            recovery.onLost(circuit);
            probe(circuit, probe, 1);
        }
    }

    private void probe(Circuit circuit, Probe probe, int attempt) {
        if (closed) {
            return;
        }
        sendUnwatched(probe.call(
                () -> {
                    if (circuit.onProbed()) {
                        recovery.recover(circuit, () -> recovered(circuit, probe));
                    }
                },
                cause -> {
                    if (circuit.onProbeFailed(String.valueOf(cause.getMessage()))) {
                        log.warn("{} does not work, limits go on without it: {}", circuit.name(), cause.getMessage());
                    }
                    if (attempt % PROBES_OF_A_CONNECTION == 0) {
                        connection.renew();
                    }
                    probeLater(circuit, probe, attempt + 1);
                }));
    }

    private void recovered(Circuit circuit, Probe probe) {
        if (circuit.onRecovered()) {
            if (circuit.wasConfirmed()) {
                log.info("{} works again, limits are counted in it", circuit.name());
            }
        } else {
            recovery.onLost(circuit);
            probeLater(circuit, probe, 1);
        }
    }

    private void probeLater(Circuit circuit, Probe probe, int attempt) {
        if (!closed) {
            scheduler.schedule(() -> probe(circuit, probe, attempt), PROBE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Has all calls go out in one piece that the work sends, outside of event loops. */
    public void together(Runnable work) {
        Batch batch = new Batch();
        open.set(batch);
        try {
            work.run();
        } finally {
            open.remove();
            batch.flush(null);
        }
    }

    private void transmit(Watched watched) {
        Batch begun = open.get();
        if (begun != null) {
            begun.add(watched);
            return;
        }
        EventExecutor executor = ThreadExecutorMap.currentExecutor();
        if (executor == null || !executor.inEventLoop()) {
            Batch alone = new Batch();
            alone.add(watched);
            alone.flush(null);
            return;
        }
        Batch batch = new Batch();
        batch.add(watched);
        open.set(batch);
        executor.execute(() -> {
            open.remove();
            batch.flush(executor);
        });
    }

    @Override
    public void close() {
        closed = true;
        connection.close();
    }

    /** Makes the call that finds out whether a Redis works: one that writes what is there already. */
    @FunctionalInterface
    public interface Probe {
        ScriptCall call(Runnable onReply, Consumer<Throwable> onFailure);
    }

    /** What is to happen as a Redis goes and comes. */
    @FunctionalInterface
    public interface Recovery {

        /** It answers again. Must call {@code done} once, whatever comes of it. */
        void recover(Circuit circuit, Runnable done);

        /** It does not answer any more. */
        default void onLost(Circuit circuit) {}
    }

    /** A call, and what its failure is to mean: nothing, where it is not told. */
    private record Watched(
            ScriptCall call,
            @Nullable Circuit circuit,
            @Nullable Probe probe) {}

    /** Calls that go out together, with one deadline. */
    private final class Batch {

        private final List<Watched> calls = new ArrayList<>();
        private final AtomicInteger pending = new AtomicInteger();
        private volatile @Nullable Disposable deadline;

        void add(Watched call) {
            calls.add(call);
        }

        void flush(@Nullable EventExecutor executor) {
            if (calls.isEmpty()) {
                return;
            }
            pending.set(calls.size());
            for (Watched each : calls) {
                each.call.onEnd(failure -> ended(each, failure));
            }
            StatefulConnection<byte[], byte[]> to = connection.get();
            if (to == null) {
                fail(new RedisException("There is no connection to Redis"));
                return;
            }
            deadline = schedule(executor);
            List<RedisCommand<byte[], byte[], ?>> commands = new ArrayList<>(calls.size());
            for (Watched each : calls) {
                commands.add(each.call.command(to::dispatch));
            }
            try {
                // A cluster's connection waits, in this very event loop, for those to the nodes of several commands.
                if (commands.size() == 1 || to instanceof StatefulRedisClusterConnection) {
                    commands.forEach(to::dispatch);
                } else {
                    to.dispatch(commands);
                }
            } catch (RuntimeException e) {
                fail(e);
            }
        }

        private Disposable schedule(@Nullable EventExecutor executor) {
            if (executor == null) {
                return scheduler.schedule(this::expire, timeout.toNanos(), TimeUnit.NANOSECONDS);
            }
            Future<?> timer = executor.schedule(this::expire, timeout.toNanos(), TimeUnit.NANOSECONDS);
            return () -> timer.cancel(false);
        }

        private void ended(Watched each, @Nullable Throwable failure) {
            if (pending.decrementAndGet() == 0) {
                Disposable timer = deadline;
                if (timer != null) {
                    timer.dispose();
                }
            }
            if (failure != null && each.circuit != null && each.probe != null) {
                failed(each.circuit, each.probe, failure);
            }
        }

        private void expire() {
            fail(new RedisException("Redis has not answered within " + timeout.toMillis() + " ms"));
        }

        private void fail(Throwable cause) {
            for (Watched each : calls) {
                each.call.fail(cause);
            }
        }
    }
}

package dev.meridian.filters.ratelimit.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** Tells Redis again and again that this gateway is alive, and the {@link Fleet} what it answers. Thread-safe. */
public final class Heartbeat implements AutoCloseable {

    private static final int MISSED = 3;

    /** While it matters who is there: a gateway that starts, or has just found back. */
    private static final long SOON_MILLIS = 100;

    private final RedisLink link;
    private final Fleet fleet;
    private final LongSupplier micros;
    private final byte[] key;
    private final byte[] id;
    private final byte[] life;
    private final Duration every;
    private final Scheduler scheduler;
    private final AtomicBoolean soon = new AtomicBoolean();
    private @Nullable Disposable timer;
    private volatile boolean closed;

    /**
     * @param prefix of all keys
     * @param id that no other gateway has
     * @param micros the clock that the fleet goes by too
     */
    public Heartbeat(
            RedisLink link,
            Fleet fleet,
            LongSupplier micros,
            String prefix,
            String id,
            Duration every,
            Scheduler scheduler) {
        this.link = link;
        this.fleet = fleet;
        this.micros = micros;
        this.key = (prefix + ":gateways").getBytes(StandardCharsets.UTF_8);
        this.id = id.getBytes(StandardCharsets.UTF_8);
        this.life = number(every.toMillis() * MISSED);
        this.every = every;
        this.scheduler = scheduler;
    }

    /** How long a gateway that is silent is waited for. */
    public static long graceMicros(Duration every) {
        return TimeUnit.MILLISECONDS.toMicros(every.toMillis() * MISSED);
    }

    /** Begins, at once. */
    public synchronized void start() {
        if (timer == null) {
            timer = scheduler.schedulePeriodically(() -> beat(() -> {}), 0, every.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Once more. @param done whatever comes of it */
    public void beat(Runnable done) {
        long sent = micros.getAsLong();
        byte[][] arguments = {id, life, number(fleet.isOut() ? 1 : 0), number(fleet.since())};
        link.sendUnwatched(new ScriptCall(Script.HEARTBEAT, key, arguments) {
            @Override
            protected void onReply(long[] reply) {
                fleet.onHeartbeat((int) reply[0], (int) reply[1], (int) reply[2], reply[3], sent);
                if (!fleet.part().isWhole()) {
                    again();
                }
                done.run();
            }

            @Override
            protected void onFailure(Throwable cause) {
                if (!fleet.isKnown()) {
                    again();
                }
                done.run();
            }
        });
    }

    private void again() {
        if (soon.compareAndSet(false, true)) {
            scheduler.schedule(
                    () -> {
                        soon.set(false);
                        if (!closed) {
                            beat(() -> {});
                        }
                    },
                    SOON_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private static byte[] number(long value) {
        return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public synchronized void close() {
        closed = true;
        Disposable running = timer;
        if (running != null) {
            running.dispose();
        }
    }
}

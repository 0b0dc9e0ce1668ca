package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.RateLimitDefinition.StoreKind;
import dev.meridian.filters.ratelimit.redis.Circuit;
import dev.meridian.filters.ratelimit.redis.Fleet;
import dev.meridian.filters.ratelimit.redis.Heartbeat;
import dev.meridian.filters.ratelimit.redis.RedisLink;
import io.netty.channel.EventLoopGroup;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.scheduler.Schedulers;

/**
 * Makes the stores of policies. Redis is not talked to before there is a policy that is counted in it, and not after the
 * server has stopped: its connections end before the event loops do that they share. Thread-safe.
 */
final class Stores implements Function<Policy, LimitStore>, SmartLifecycle {

    /** After the servers, before the event loops. */
    private static final int PHASE = Integer.MIN_VALUE + 1000;

    private final RateLimitStoreProperties settings;
    private final Supplier<@Nullable LettuceConnectionFactory> redis;
    private final Supplier<EventLoopGroup> loops;
    private final LongSupplier micros;
    private final List<RedisStore> shared = new CopyOnWriteArrayList<>();
    private volatile @Nullable Remote remote;
    private volatile boolean running;

    /** @param micros since the epoch, never going back */
    Stores(
            RateLimitStoreProperties settings,
            Supplier<@Nullable LettuceConnectionFactory> redis,
            Supplier<EventLoopGroup> loops,
            LongSupplier micros) {
        this.settings = settings;
        this.redis = redis;
        this.loops = loops;
        this.micros = micros;
    }

    @Override
    public LimitStore apply(Policy policy) {
        if (!policy.shared()) {
            return new LocalStore(policy, micros);
        }
        Remote to = remote();
        RedisStore store = new RedisStore(policy, to.link, to.fleet, settings.keyPrefix(), Schedulers.parallel()) {
            @Override
            public void close() {
                super.close();
                shared.remove(this);
            }
        };
        shared.add(store);
        return store;
    }

    /** How it is with the Redis that limits are counted in, if any are. */
    StoreState state() {
        Remote known = remote;
        if (known == null) {
            return StoreState.OF_THIS_PROCESS;
        }
        int gateways = known.fleet.size();
        for (Circuit circuit : known.link.circuits()) {
            if (!circuit.isClosed()) {
                return new StoreState(
                        StoreKind.REDIS, false, gateways, circuit.since(), circuit.name() + ": " + circuit.problem());
            }
        }
        return known.fleet.isKnown()
                ? new StoreState(StoreKind.REDIS, true, gateways, known.since(), null)
                : new StoreState(StoreKind.REDIS, false, gateways, null, "it has not answered yet");
    }

    private synchronized Remote remote() {
        Remote known = remote;
        if (known == null) {
            known = connect();
            remote = known;
        }
        return known;
    }

    private Remote connect() {
        LettuceConnectionFactory factory = redis.get();
        if (factory == null) {
            throw new IllegalStateException("Limits are counted in Redis through Lettuce, and there is no"
                    + " LettuceConnectionFactory: leave spring.data.redis.client-type at lettuce");
        }
        Fleet fleet = new Fleet(micros, Heartbeat.graceMicros(settings.heartbeat()));
        RedisLink link = new RedisLink(
                factory, loops.get(), settings.timeout(), Schedulers.parallel(), Schedulers.boundedElastic());
        Heartbeat heartbeat = new Heartbeat(
                link,
                fleet,
                micros,
                settings.keyPrefix(),
                UUID.randomUUID().toString(),
                settings.heartbeat(),
                Schedulers.parallel());
        link.onRecovery(new RedisLink.Recovery() {
            @Override
            public void onLost(Circuit circuit) {
                fleet.onLost(circuit.name());
            }

            @Override
            public void recover(Circuit circuit, Runnable done) {
                settle(circuit, () -> {
                    fleet.onFound(circuit.name());
                    heartbeat.beat(done);
                });
            }
        });
        heartbeat.start();
        return new Remote(link, fleet, heartbeat);
    }

    private void settle(Circuit circuit, Runnable done) {
        AtomicInteger open = new AtomicInteger(1);
        Runnable one = () -> {
            if (open.decrementAndGet() == 0) {
                done.run();
            }
        };
        for (RedisStore store : shared) {
            open.incrementAndGet();
            store.settle(circuit, one);
        }
        one.run();
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        Remote known = remote;
        if (known != null) {
            known.heartbeat.close();
            known.link.close();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    private record Remote(RedisLink link, Fleet fleet, Heartbeat heartbeat) {

        /** When the last one came back that had been gone. */
        @Nullable
        Instant since() {
            return link.circuits().stream()
                    .map(Circuit::since)
                    .filter(Objects::nonNull)
                    .max(Comparator.naturalOrder())
                    .orElse(null);
        }
    }
}

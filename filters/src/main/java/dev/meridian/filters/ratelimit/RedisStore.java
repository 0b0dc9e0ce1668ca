package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Algorithm;
import dev.meridian.filters.ratelimit.quota.Grant;
import dev.meridian.filters.ratelimit.quota.Rate;
import dev.meridian.filters.ratelimit.redis.Circuit;
import dev.meridian.filters.ratelimit.redis.Fleet;
import dev.meridian.filters.ratelimit.redis.RedisLink;
import dev.meridian.filters.ratelimit.redis.Script;
import dev.meridian.filters.ratelimit.redis.ScriptCall;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * Counts in Redis, one call of a script for each decision; with {@code sync-interval}, one for many: then units are fetched
 * ahead and die with the interval and with the window. While Redis does not answer the policy's {@code on-store-failure} is
 * gone by, and what passes meanwhile is told when it does again.
 */
class RedisStore implements LimitStore {

    /** A gateway holds so much less than its part, for what the others need of it. */
    private static final int HOLD = 2;

    /** How long it takes at most to tell what has passed without Redis; what is left is told as the keys come up again. */
    private static final long SETTLING = 500_000;

    /** Calls in one piece: many more, and the last answer comes too late. */
    private static final int TOGETHER = 128;

    private final RedisLink link;
    private final Fleet fleet;
    private final String prefix;
    private final Scheduler scheduler;
    private final KeyTable<SharedKey> table;
    private final Set<SharedKey> holding = ConcurrentHashMap.newKeySet();
    private volatile Policy policy;
    private @Nullable Disposable renewing;

    RedisStore(Policy policy, RedisLink link, Fleet fleet, String prefix, Scheduler scheduler) {
        this.policy = policy;
        this.link = link;
        this.fleet = fleet;
        this.prefix = prefix;
        this.scheduler = scheduler;
        this.table = new KeyTable<>(policy);
        renewEvery(policy.syncMicros());
    }

    @Override
    public @Nullable Grant take(LimitKey key, int units, Later later) {
        long now = fleet.now();
        SharedKey known = known(key, now);
        Grant refusal = known.refusal(now, units);
        if (refusal != null) {
            return refusal;
        }
        boolean ahead = policy.syncMicros() > 0;
        if (ahead) {
            Grant spent = known.spend(now, units);
            if (spent != null) {
                return spent;
            }
        }
        Circuit circuit = link.circuit(known.name());
        if (!circuit.isClosed()) {
            return withoutRedis(known, units);
        }
        SharedKey.Renewal ask =
                ahead ? known.ask(now, units, mostHeld(key.limits())) : new SharedKey.Renewal(0, 0, units);
        link.send(new Take(known, key.limits(), units, ask, later, known.rejoin(now)), circuit, probe(known));
        return null;
    }

    private SharedKey known(LimitKey key, long now) {
        SharedKey found = table.keys().getIfPresent(key.text());
        if (found == null) {
            found = table.keys().get(key.text(), text -> new SharedKey(name(text, key.limits()), key.limits()));
        }
        if (found.limits() != key.limits()) {
            found.change(now, name(key.text(), key.limits()), key.limits());
        }
        return found;
    }

    /** A log is another kind of value in Redis, and has a name of its own; both lie in the same slot. */
    private byte[] name(String key, Limits limits) {
        String log = limits.algorithm() == Algorithm.SLIDING_LOG ? ":log" : "";
        return (prefix + ":{" + policy.name() + ":" + key + "}" + log).getBytes(StandardCharsets.UTF_8);
    }

    private Grant withoutRedis(SharedKey key, int units) {
        return switch (policy.definition().onStoreFailure()) {
            case ALLOW -> UNCOUNTED;
            case DENY -> UNAVAILABLE;
            case LOCAL -> key.takeOfPart(fleet.now(), units, fleet);
        };
    }

    /** How many units a gateway may hold ahead. */
    private int mostHeld(Limits limits) {
        long most = limits.most() / ((long) HOLD * fleet.size());
        return (int) Math.max(0, Math.min(most, Integer.MAX_VALUE / 2));
    }

    @Override
    public void giveBack(LimitKey key, Grant granted) {
        long now = fleet.now();
        SharedKey known = known(key, now);
        if (policy.syncMicros() > 0 && known.unspend(now, granted)) {
            return;
        }
        Circuit circuit = link.circuit(known.name());
        if (circuit.isClosed()) {
            send(known, key.limits(), 0, 0, granted.granted(), granted.at(), null, reply -> {}, e -> {});
        } else {
            known.giveBackPart(now, granted);
        }
    }

    @Override
    public Mono<Grant> look(LimitKey key, int units) {
        return look(key.text(), key.limits(), (known, reply) -> known.standing(fleet.now(), units, reply, 2));
    }

    @Override
    public Mono<KeyState> state(LimitKey key) {
        SharedKey found = table.keys().getIfPresent(key.text());
        // Whoever asks by a hash may not know which override it falls under; its last request did.
        Limits limits = found != null && policy.has(found.limits()) ? found.limits() : key.limits();
        return look(
                key.text(),
                limits,
                (known, reply) -> KeyState.of(key.text(), limits, known.standings(fleet.now(), 1, reply, 2)));
    }

    private <T> Mono<T> look(String key, Limits limits, BiFunction<SharedKey, long[], T> standing) {
        SharedKey known = new SharedKey(name(key, limits), limits);
        return Mono.create(sink -> send(
                known, limits, 0, 0, 0, 0, null, reply -> sink.success(standing.apply(known, reply)), sink::error));
    }

    @Override
    public Mono<Void> reset(LimitKey key) {
        SharedKey known = known(key, fleet.now());
        known.forget();
        return Mono.create(
                (MonoSink<Void> sink) -> link.sendUnwatched(new ScriptCall(Script.FORGET, known.name(), new byte[0][]) {
                    @Override
                    protected void onReply(long[] reply) {
                        sink.success();
                    }

                    @Override
                    protected void onFailure(Throwable cause) {
                        sink.error(cause);
                    }
                }));
    }

    @Override
    public void change(Policy next) {
        table.change(next);
        boolean other = next.syncMicros() != policy.syncMicros();
        policy = next;
        if (other) {
            renewEvery(next.syncMicros());
        }
    }

    @Override
    public List<BusyKey> busiest(int count) {
        long now = fleet.now();
        return table.busiest(count, key -> key.used(now), SharedKey::limits);
    }

    @Override
    public long keys() {
        return table.size();
    }

    @Override
    public synchronized void close() {
        Disposable timer = renewing;
        if (timer != null) {
            timer.dispose();
        }
    }

    /** Whether windows begin when they do for the others: before Redis has said what time it is, that is not certain. */
    boolean isInTime() {
        return fleet.isKnown();
    }

    /** How many gateways count with this one, itself included. */
    int gateways() {
        return fleet.size();
    }

    // Units ahead.

    private synchronized void renewEvery(long micros) {
        close();
        renewing =
                micros == 0 ? null : scheduler.schedulePeriodically(this::renew, micros, micros, TimeUnit.MICROSECONDS);
    }

    /** All that is held is given back, and what will be needed is fetched: one call a key, many in one piece. */
    private void renew() {
        Iterator<SharedKey> keys = List.copyOf(holding).iterator(); // what goes and comes back is seen once
        while (keys.hasNext()) {
            link.together(() -> {
                for (int i = 0; i < TOGETHER && keys.hasNext(); i++) {
                    renew(keys.next());
                }
            });
        }
    }

    private void renew(SharedKey key) {
        // Before it is looked at: what is added meanwhile is to be seen the next time.
        holding.remove(key);
        if (!link.circuit(key.name()).isClosed()) {
            return; // what it holds ends by itself
        }
        Limits limits = key.limits();
        SharedKey.Renewal renewal = key.renew(mostHeld(limits));
        if (renewal.wanted() > 0) {
            holding.add(key);
        }
        if (renewal.back() == 0 && renewal.wanted() == 0) {
            return;
        }
        long sent = fleet.now();
        send(
                key,
                limits,
                renewal.wanted() == 0 ? 0 : 1,
                renewal.wanted(),
                renewal.back(),
                renewal.at(),
                null,
                reply -> hold(key, limits, (int) reply[0], reply[1], sent),
                e -> key.fetched());
    }

    private void hold(SharedKey key, Limits limits, int units, long at, long sent) {
        SharedKey.Renewal former = key.hold(fleet.now(), units, at, sent + goodFor(limits, at));
        if (former != null && link.circuit(key.name()).isClosed()) {
            send(key, limits, 0, 0, former.back(), former.at(), null, reply -> {}, e -> {});
        }
    }

    /**
     * For an interval, and not beyond the end of any window that it was granted in. It counts from when it was asked for,
     * which is before Redis' clock was read: thus it ends too early rather than too late, whatever the clock here says.
     */
    private long goodFor(Limits limits, long at) {
        long micros = policy.syncMicros();
        if (limits.algorithm() != Algorithm.TOKEN_BUCKET) {
            for (Rate rate : limits.rates()) {
                micros = Math.min(micros, rate.windowMicros() - at % rate.windowMicros());
            }
        }
        return micros;
    }

    // Without Redis.

    /** Tells Redis what has passed without it. @param done when it knows, or cannot be told after all */
    void settle(Circuit circuit, Runnable done) {
        List<SharedKey> owing = table.keys().asMap().values().stream()
                .filter(key -> key.owes() && link.circuit(key.name()) == circuit)
                .toList();
        settle(owing.iterator(), fleet.now() + SETTLING, done);
    }

    /** Some at a time: all at once would keep a Redis that has just come back from answering in time. */
    private void settle(Iterator<SharedKey> owing, long until, Runnable done) {
        if (!owing.hasNext() || fleet.now() >= until) {
            done.run();
            return;
        }
        AtomicInteger open = new AtomicInteger(1);
        AtomicBoolean failed = new AtomicBoolean();
        Runnable one = () -> {
            if (open.decrementAndGet() == 0) {
                if (failed.get()) {
                    done.run();
                } else {
                    settle(owing, until, done);
                }
            }
        };
        for (int i = 0; i < TOGETHER && owing.hasNext(); i++) {
            SharedKey key = owing.next();
            open.incrementAndGet();
            SharedKey.Debt debt = key.settle(fleet.now());
            send(key, key.limits(), 0, 0, 0, 0, debt, reply -> one.run(), e -> {
                key.owe(fleet.now(), debt);
                failed.set(true);
                one.run();
            });
        }
        one.run();
    }

    /** Writes what is there already, so that a Redis that only reads is not taken for one that works. */
    private RedisLink.Probe probe(SharedKey key) {
        return (onReply, onFailure) -> call(key, key.limits(), 0, 0, 0, 1, null, reply -> onReply.run(), onFailure);
    }

    // Calls.

    private void send(
            SharedKey key,
            Limits limits,
            int least,
            int most,
            int back,
            long at,
            SharedKey.@Nullable Debt debt,
            Consumer<long[]> onReply,
            Consumer<Throwable> onFailure) {
        link.sendUnwatched(call(key, limits, least, most, back, at, debt, onReply, onFailure));
    }

    private ScriptCall call(
            SharedKey key,
            Limits limits,
            int least,
            int most,
            int back,
            long at,
            SharedKey.@Nullable Debt debt,
            Consumer<long[]> onReply,
            Consumer<Throwable> onFailure) {
        return new ScriptCall(
                Script.TAKE, key.name(), limits.arguments().of(fleet.part(), least, most, back, at, debt)) {
            @Override
            protected void onReply(long[] reply) {
                onReply.accept(reply);
            }

            @Override
            protected void onFailure(Throwable cause) {
                onFailure.accept(cause);
            }
        };
    }

    /** A request waits for it. */
    private final class Take extends ScriptCall {

        private final SharedKey key;
        private final Limits limits;
        private final int units;
        private final long sent;
        private final Later later;
        private final SharedKey.@Nullable Debt debt;

        Take(
                SharedKey key,
                Limits limits,
                int units,
                SharedKey.Renewal ask,
                Later later,
                SharedKey.@Nullable Debt debt) {
            super(
                    Script.TAKE,
                    key.name(),
                    limits.arguments().of(fleet.part(), units, ask.wanted(), ask.back(), ask.at(), debt));
            this.key = key;
            this.limits = limits;
            this.units = units;
            this.sent = fleet.now();
            this.later = later;
            this.debt = debt;
        }

        @Override
        protected void onReply(long[] reply) {
            int granted = (int) reply[0];
            if (policy.syncMicros() > 0) {
                hold(key, limits, Math.max(0, granted - units), reply[1], sent);
                if (granted > 0) {
                    holding.add(key);
                }
            }
            later.onAnswer(key.onReply(Math.min(granted, units), reply[1], fleet.now(), units, reply, 2));
        }

        @Override
        protected void onFailure(Throwable cause) {
            key.fetched();
            key.owe(fleet.now(), debt);
            later.onAnswer(withoutRedis(key, units));
        }
    }
}

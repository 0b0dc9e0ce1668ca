package dev.meridian.filters.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import dev.meridian.filters.ratelimit.quota.Grant;
import dev.meridian.filters.ratelimit.quota.Quota;
import java.util.List;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;

/** Counts in this process. */
final class LocalStore implements LimitStore {

    private final LongSupplier micros;
    private final KeyTable<Counted> table;
    private volatile Policy policy;

    /** @param micros since the epoch, never going back */
    LocalStore(Policy policy, LongSupplier micros) {
        this.micros = micros;
        this.policy = policy;
        this.table = new KeyTable<>(policy, () -> micros.getAsLong() * 1000);
    }

    @Override
    public Grant take(LimitKey key, int units, Later later) {
        long now = micros.getAsLong();
        return quota(key, now).take(now, units, units);
    }

    private Quota quota(LimitKey key, long now) {
        Cache<String, Counted> keys = table.keys();
        Counted found = keys.getIfPresent(key.text());
        if (found == null) {
            found = keys.get(key.text(), text -> new Counted(key.limits()));
        }
        return found.quota(key.limits(), now);
    }

    @Override
    public void giveBack(LimitKey key, Grant granted) {
        long now = micros.getAsLong();
        quota(key, now).giveBack(now, granted.at(), granted.granted());
    }

    @Override
    public Mono<Grant> look(LimitKey key, int units) {
        return Mono.fromSupplier(() -> {
            long now = micros.getAsLong();
            Counted found = table.keys().getIfPresent(key.text());
            Quota quota = found == null
                    ? Quota.of(key.limits().algorithm(), key.limits().rates())
                    : found.quota(key.limits(), now);
            return quota.standing(now, 0, units);
        });
    }

    @Override
    public Mono<KeyState> state(LimitKey key) {
        return Mono.fromSupplier(() -> {
            long now = micros.getAsLong();
            Counted found = table.keys().getIfPresent(key.text());
            if (found == null) {
                Quota unused = Quota.of(key.limits().algorithm(), key.limits().rates());
                return KeyState.of(key.text(), key.limits(), unused.standings(now, 1));
            }
            // Whoever asks by a hash may not know which override it falls under; its last request did.
            Limits limits = policy.has(found.limits) ? found.limits : key.limits();
            return KeyState.of(key.text(), limits, found.quota(limits, now).standings(now, 1));
        });
    }

    @Override
    public Mono<Void> reset(LimitKey key) {
        return Mono.fromRunnable(() -> table.keys().invalidate(key.text()));
    }

    @Override
    public void change(Policy next) {
        policy = next;
        table.change(next);
    }

    @Override
    public List<BusyKey> busiest(int count) {
        long now = micros.getAsLong();
        return table.busiest(count, counted -> counted.quota.used(now), counted -> counted.limits);
    }

    @Override
    public long keys() {
        return table.size();
    }

    /** What one key has taken. */
    private static final class Counted {

        private final Quota quota;
        private volatile Limits limits;

        Counted(Limits limits) {
            this.limits = limits;
            this.quota = Quota.of(limits.algorithm(), limits.rates());
        }

        /** By the limits that the policy has now. */
        Quota quota(Limits now, long micros) {
            if (limits != now) {
                limits = now;
                quota.change(micros, now.algorithm(), now.rates());
            }
            return quota;
        }
    }
}

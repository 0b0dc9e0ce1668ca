package dev.meridian.filters.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.meridian.filters.ratelimit.quota.Rate;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * What is known of a policy's keys: so many at most, those that are asked for often rather than those of a flood that come
 * once, and none longer than what it has taken still counts. Thread-safe.
 *
 * @param <T> what is known of one
 */
final class KeyTable<T> {

    private static final Duration SHORTEST_LIFE = Duration.ofSeconds(10);

    private final Cache<String, T> keys;

    KeyTable(Policy policy) {
        this(policy, System::nanoTime);
    }

    /** @param ticker nanoseconds that never go back */
    KeyTable(Policy policy, LongSupplier ticker) {
        this.keys = Caffeine.newBuilder()
                .maximumSize(policy.definition().maxKeys())
                .expireAfterAccess(life(policy))
                .ticker(ticker::getAsLong)
                .build();
    }

    Cache<String, T> keys() {
        return keys;
    }

    long size() {
        return keys.estimatedSize();
    }

    void change(Policy next) {
        keys.policy().expireAfterAccess().ifPresent(expiry -> expiry.setExpiresAfter(life(next)));
        keys.policy()
                .eviction()
                .ifPresent(eviction -> eviction.setMaximum(next.definition().maxKeys()));
    }

    private static Duration life(Policy policy) {
        long longest = Stream.concat(
                        Stream.of(policy.limits()), policy.overrides().stream().map(PolicyOverride::limits))
                .mapToLong(Limits::lifeMicros)
                .max()
                .orElse(0);
        Duration life = Duration.of(longest, ChronoUnit.MICROS);
        return life.compareTo(SHORTEST_LIFE) < 0 ? SHORTEST_LIFE : life;
    }

    /** Looks at all of them: not for an event loop. */
    List<BusyKey> busiest(int count, Function<T, double[]> used, Function<T, Limits> limits) {
        PriorityQueue<BusyKey> top = new PriorityQueue<>(Comparator.comparingDouble(BusyKey::share));
        keys.asMap().forEach((key, value) -> {
            top.add(busy(key, used.apply(value), limits.apply(value)));
            if (top.size() > count) {
                top.poll();
            }
        });
        return top.stream()
                .filter(each -> each.used() > 0)
                .sorted(Comparator.comparingDouble(BusyKey::share).reversed())
                .toList();
    }

    private static BusyKey busy(String key, double[] used, Limits limits) {
        BusyKey most = new BusyKey(key, 0, 0);
        List<Rate> rates = limits.rates();
        for (int i = 0; i < Math.min(used.length, rates.size()); i++) {
            double share = used[i] / rates.get(i).most(limits.algorithm());
            if (share > most.share()) {
                most = new BusyKey(key, used[i], share);
            }
        }
        return most;
    }
}

package dev.meridian.filters.ratelimit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The policies of a configuration. A change keeps what is counted of those that stay. Thread-safe. */
public final class RateLimits implements AutoCloseable {

    private final Function<Policy, LimitStore> stores;
    private volatile Map<String, RateLimiter> byName = Map.of();

    RateLimits(Map<String, Policy> policies, Function<Policy, LimitStore> stores) {
        this.stores = stores;
        change(policies);
    }

    /** By name, in the order in which they are written. */
    public Map<String, RateLimiter> all() {
        return byName;
    }

    @Nullable
    RateLimiter find(String name) {
        return byName.get(name);
    }

    /** Goes by these from now on. */
    synchronized void change(Map<String, Policy> policies) {
        Map<String, RateLimiter> before = byName;
        Map<String, RateLimiter> next = new LinkedHashMap<>();
        policies.forEach((name, policy) -> {
            RateLimiter known = before.get(name);
            if (known == null) {
                next.put(name, new RateLimiter(policy, stores));
            } else {
                if (!known.policy().isSameAs(policy)) {
                    known.change(policy);
                }
                next.put(name, known);
            }
        });
        byName = Collections.unmodifiableMap(next);
        before.forEach((name, limiter) -> {
            if (!next.containsKey(name)) {
                limiter.close();
            }
        });
    }

    @Override
    public void close() {
        byName.values().forEach(RateLimiter::close);
    }
}

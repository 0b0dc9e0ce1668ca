package dev.meridian.observability.endpoint;

import dev.meridian.filters.ratelimit.StoreState;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Whether the store of rate limits answers. Always up: a gateway that counts by itself meanwhile serves all the same, and is
 * not to be taken out for it.
 */
final class RateLimitHealthIndicator extends AbstractHealthIndicator {

    private final Supplier<StoreState> store;

    RateLimitHealthIndicator(Supplier<StoreState> store) {
        this.store = store;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        RateLimitList.Store now = RateLimitList.Store.of(store.get());
        builder.up()
                .withDetail("store", now.kind())
                .withDetail("available", now.available())
                .withDetail("gateways", now.gateways());
        if (now.since() != null) {
            builder.withDetail("since", now.since());
        }
        if (now.problem() != null) {
            builder.withDetail("problem", now.problem());
        }
    }
}

package dev.meridian.observability.config;

import dev.meridian.routes.refresh.ConfigSnapshot;
import dev.meridian.routes.refresh.GatewayRefresher;
import java.util.List;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Which configuration the gateway runs on. Always up: one that runs on an old configuration serves all the same, and is
 * not to be taken out for it.
 */
final class ConfigHealthIndicator extends AbstractHealthIndicator {

    private final GatewayRefresher refresher;

    ConfigHealthIndicator(GatewayRefresher refresher) {
        this.refresher = refresher;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up();
        List<ConfigSnapshot> history = refresher.history();
        if (!history.isEmpty()) {
            builder.withDetails(ConfigViews.identity(history.get(0)));
        }
        builder.withDetails(ConfigViews.state(refresher));
    }
}

package dev.meridian.observability.config;

import dev.meridian.routes.archive.StartedFromLastGood;
import dev.meridian.routes.refresh.ConfigSnapshot;
import dev.meridian.routes.refresh.GatewayRefresher;
import dev.meridian.routes.refresh.Hold;
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
        StartedFromLastGood from = refresher.startedFromLastGood();
        if (from != null) {
            builder.withDetail("last-good", ConfigViews.lastGood(from));
        }
        Hold hold = refresher.held();
        if (hold != null) {
            builder.withDetail("held", ConfigViews.hold(hold));
        }
        if (!refresher.lastFailure().isEmpty()) {
            builder.withDetail("last-refresh-refused", refresher.lastFailure());
        }
        String notSaved = refresher.notSaved();
        if (!notSaved.isEmpty()) {
            builder.withDetail("not-saved", notSaved);
        }
    }
}

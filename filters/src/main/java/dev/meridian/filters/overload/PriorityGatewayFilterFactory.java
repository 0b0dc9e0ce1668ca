package dev.meridian.filters.overload;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;

/** {@code Priority=critical}, {@code Priority=normal} or {@code Priority=sheddable}. */
final class PriorityGatewayFilterFactory
        extends AbstractGatewayFilterFactory<PriorityGatewayFilterFactory.PriorityConfig> {

    PriorityGatewayFilterFactory() {
        super(PriorityConfig.class);
    }

    @Override
    public List<String> shortcutFieldOrder() {
        return List.of("priority");
    }

    @Override
    public GatewayFilter apply(PriorityConfig config) {
        String written = config.getPriority();
        Priority priority = written == null ? null : Priority.parse(written);
        if (priority == null) {
            throw new IllegalArgumentException("critical, normal or sheddable");
        }
        return new PriorityFilter(priority);
    }

    /** Its argument. */
    public static final class PriorityConfig {

        private @Nullable String priority;

        public @Nullable String getPriority() {
            return priority;
        }

        public void setPriority(String priority) {
            this.priority = priority;
        }
    }
}

package dev.meridian.filters.fallback;

import java.util.List;
import java.util.function.Supplier;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.web.reactive.DispatcherHandler;

/**
 * {@code Fallback=forward:/path}, {@code Fallback=lb://NAME}, with {@code ,502-504} behind it for statuses that count as
 * failed; or with {@code args:} an answer of {@code status}, {@code headers} and {@code body}.
 */
final class FallbackGatewayFilterFactory extends AbstractGatewayFilterFactory<FallbackConfig> {

    private final Supplier<DispatcherHandler> dispatcher;

    /** @param dispatcher runs a request through the gateway's routes */
    FallbackGatewayFilterFactory(Supplier<DispatcherHandler> dispatcher) {
        super(FallbackConfig.class);
        this.dispatcher = dispatcher;
    }

    @Override
    public List<String> shortcutFieldOrder() {
        return List.of("to", "statuses");
    }

    @Override
    public GatewayFilter apply(FallbackConfig config) {
        return new FallbackFilter(config.fallback(), config.failedStatuses(), dispatcher);
    }
}

package dev.meridian.routes.canary;

import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.filter.WeightCalculatorWebFilter;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.ApplicationEvent;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * The stock filter without the choices that it makes for every request: {@link Canary} makes those that are needed. What
 * else it does stays: routes are loaded at start, where an error in them ends it, and an application may set what chance
 * is. Whoever makes the chain of web filters may leave it out.
 */
public final class PassiveWeightFilter extends WeightCalculatorWebFilter {

    private final Canary canary;

    PassiveWeightFilter(ObjectProvider<RouteLocator> routes, ConfigurationService configuration, Canary canary) {
        super(routes, configuration);
        this.canary = canary;
    }

    @Override
    public boolean supportsEventType(Class<? extends ApplicationEvent> eventType) {
        return RefreshRoutesEvent.class.isAssignableFrom(eventType);
    }

    @Override
    public void setRandomSupplier(Supplier<Double> randomSupplier) {
        super.setRandomSupplier(randomSupplier);
        canary.chance(exchange -> randomSupplier.get());
    }

    @Override
    public void setRandomFunction(Function<ServerWebExchange, Double> randomFunction) {
        super.setRandomFunction(randomFunction);
        canary.chance(randomFunction);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return chain.filter(exchange);
    }
}

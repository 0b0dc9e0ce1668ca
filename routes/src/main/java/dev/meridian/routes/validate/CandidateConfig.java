package dev.meridian.routes.validate;

import dev.meridian.routes.definition.RoutesProperties;
import dev.meridian.routes.definition.StrictBinder;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.core.env.Environment;

/**
 * A configuration that may come into effect, and what it binds to: each once, whoever asks for it, since ten thousand routes
 * take their time. Not thread-safe.
 */
public final class CandidateConfig {

    private final Environment environment;
    private @Nullable Optional<GatewayProperties> stock;
    private @Nullable RoutesProperties own;
    private @Nullable BindException ownFailure;

    public CandidateConfig(Environment environment) {
        this.environment = environment;
    }

    public Environment environment() {
        return environment;
    }

    /** What Spring Cloud Gateway reads, {@code null} where it is not to be bound: why not is told by the validation. */
    public @Nullable GatewayProperties stock() {
        Optional<GatewayProperties> bound = stock;
        if (bound == null) {
            bound = Optional.ofNullable(ConfigValidator.stock(environment));
            stock = bound;
        }
        return bound.orElse(null);
    }

    /**
     * Upstreams, and where the gateway is.
     *
     * @throws BindException for a wrong type or an unknown key
     */
    public RoutesProperties own() {
        if (ownFailure != null) {
            throw ownFailure;
        }
        RoutesProperties bound = own;
        if (bound == null) {
            try {
                bound = StrictBinder.bind(environment, "meridian", RoutesProperties.class);
            } catch (BindException e) {
                ownFailure = e;
                throw e;
            }
            own = bound;
        }
        return bound;
    }

    /** The names of the upstreams, whether or not they can be bound. */
    public Set<String> upstreams() {
        return ConfigValidator.names(environment).keySet();
    }
}

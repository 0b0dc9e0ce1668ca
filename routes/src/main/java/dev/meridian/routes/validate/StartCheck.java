package dev.meridian.routes.validate;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.routes.load.KeptRouteLocator;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.core.env.Environment;

/** Keeps a gateway from starting with a configuration that is not valid; of what else is to be told there is a line each. */
public final class StartCheck implements SmartInitializingSingleton {

    private final Environment environment;
    private final ObjectProvider<ConfigValidator> validator;
    private final GatewayProperties gateway;
    private final KeptRouteLocator routes;
    private final ConfigWarnings warnings;

    public StartCheck(
            Environment environment,
            ObjectProvider<ConfigValidator> validator,
            GatewayProperties gateway,
            KeptRouteLocator routes,
            ConfigWarnings warnings) {
        this.environment = environment;
        this.validator = validator;
        this.gateway = gateway;
        this.routes = routes;
        this.warnings = warnings;
    }

    @Override
    public void afterSingletonsInstantiated() {
        routes.prepare(gateway.getRoutes()); // else each of them would be made twice
        Validation found = validator
                .getObject()
                .validate(environment, gateway, route -> routes.keeps(route) ? Known.MADE : Known.NOTHING);
        // Whoever wants a start without bad routes gets it.
        List<ConfigProblem> grave = found.errors().stream()
                .filter(error -> gateway.isFailOnRouteDefinitionError() || Validation.routeOf(error) < 0)
                .toList();
        if (!grave.isEmpty()) {
            throw new InvalidConfigException(found.wrong());
        }
        warnings.replace(
                Stream.concat(found.errors().stream(), found.toTell().stream()).toList());
    }
}

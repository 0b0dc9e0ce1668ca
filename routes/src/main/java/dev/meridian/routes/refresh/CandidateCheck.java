package dev.meridian.routes.refresh;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.definition.SettingsRootCheck;
import dev.meridian.routes.load.KeptRouteLocator;
import dev.meridian.routes.load.RouteFactory;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.Environment;

/** Checks a configuration as a whole before anything of it comes into effect. */
final class CandidateCheck {

    private static final String ROUTES = GatewayProperties.PREFIX + ".routes";

    private final List<ConfigPart> parts;
    private final List<SettingsRoot> roots;
    private final RouteFactory factory;
    private final KeptRouteLocator routes;

    CandidateCheck(List<ConfigPart> parts, List<SettingsRoot> roots, RouteFactory factory, KeptRouteLocator routes) {
        this.parts = List.copyOf(parts);
        this.roots = List.copyOf(roots);
        this.factory = factory;
        this.routes = routes;
    }

    /**
     * What waits to come into effect.
     *
     * @throws dev.meridian.routes.definition.InvalidConfigException with all that is wrong
     * @throws org.springframework.boot.context.properties.bind.BindException for a wrong type or an unknown key
     */
    List<ConfigPart.Prepared> check(Environment candidate) {
        ConfigProblems problems = new ConfigProblems(candidate);
        SettingsRootCheck.check(candidate, roots, problems);
        ConfigProperties settings = ConfigProperties.of(candidate, problems);
        List<ConfigPart.Prepared> prepared = new ArrayList<>();
        for (ConfigPart part : parts) {
            prepared.add(part.prepare(candidate, problems));
        }
        GatewayProperties gateway =
                Binder.get(candidate).bindOrCreate(GatewayProperties.PREFIX, GatewayProperties.class);
        if (gateway.getRoutes().isEmpty() && routes.hasRoutes() && !settings.allowEmpty()) {
            problems.add(
                    ROUTES,
                    null,
                    "at least one route: without any every request would be answered 404;"
                            + " meridian.config.allow-empty: true if that is meant");
        }
        if (settings.onBadRoute() == ConfigProperties.OnBadRoute.REJECT) {
            checkRoutes(gateway, problems);
        }
        problems.throwIfAny();
        return prepared;
    }

    private void checkRoutes(GatewayProperties gateway, ConfigProblems problems) {
        for (int i = 0; i < gateway.getRoutes().size(); i++) {
            RouteDefinition definition = gateway.getRoutes().get(i);
            try {
                if (!routes.keeps(definition)) {
                    factory.make(definition, gateway.getDefaultFilters());
                }
            } catch (RuntimeException e) {
                problems.add(
                        ROUTES + "[" + i + "].id",
                        definition.getId(),
                        "predicates and filters that can be made; " + e.getMessage());
            }
        }
    }
}

package dev.meridian.routes.refresh;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.definition.SettingsRootCheck;
import dev.meridian.routes.load.KeptRouteLocator;
import dev.meridian.routes.validate.CandidateConfig;
import dev.meridian.routes.validate.ConfigValidator;
import dev.meridian.routes.validate.ConfigWarnings;
import dev.meridian.routes.validate.Known;
import dev.meridian.routes.validate.Validation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.Environment;

/** Checks a configuration as a whole before anything of it comes into effect. */
final class CandidateCheck {

    private static final Logger log = LoggerFactory.getLogger(CandidateCheck.class);
    private static final String ROUTES = GatewayProperties.PREFIX + ".routes";
    private static final int NANOS_PER_MILLI = 1_000_000;

    private final List<ConfigPart> parts;
    private final List<SettingsRoot> roots;
    private final Supplier<ConfigValidator> validator;
    private final KeptRouteLocator routes;
    private final ConfigWarnings warnings;

    CandidateCheck(
            List<ConfigPart> parts,
            List<SettingsRoot> roots,
            Supplier<ConfigValidator> validator,
            KeptRouteLocator routes,
            ConfigWarnings warnings) {
        this.parts = List.copyOf(parts);
        this.roots = List.copyOf(roots);
        this.validator = validator;
        this.routes = routes;
        this.warnings = warnings;
    }

    /**
     * What waits to come into effect.
     *
     * @throws dev.meridian.routes.definition.InvalidConfigException with all that is wrong
     */
    List<ConfigPart.Prepared> check(Environment candidate) {
        CandidateConfig config = new CandidateConfig(candidate);
        GatewayProperties gateway = config.stock();
        long begin = System.nanoTime();
        Validation found = validator
                .get()
                .validate(candidate, gateway, route -> routes.keeps(route) ? Known.CHECKED : Known.NOTHING);
        log.debug("The changed configuration was validated in {} ms", (System.nanoTime() - begin) / NANOS_PER_MILLI);
        ConfigProblems problems = new ConfigProblems(candidate);
        Map<RouteDefinition, String> quarantined = new HashMap<>();
        boolean quarantine = onBadRoute(candidate) == ConfigProperties.OnBadRoute.QUARANTINE;
        for (ConfigProblem error : found.errors()) {
            RouteDefinition route = gateway == null ? null : route(gateway, error);
            if (quarantine && route != null && isBound(route)) {
                quarantined.merge(route, error.toString(), (one, other) -> one + "; " + other);
            } else {
                problems.addNew(List.of(error));
            }
        }
        List<ConfigPart.Prepared> prepared = prepare(config, problems);
        if (gateway != null
                && gateway.getRoutes().isEmpty()
                && routes.hasRoutes()
                && !Boolean.TRUE.equals(candidate.getProperty("meridian.config.allow-empty", Boolean.class))) {
            problems.add(
                    ROUTES,
                    null,
                    "at least one route: without any every request would be answered 404;"
                            + " meridian.config.allow-empty: true if that is meant");
        }
        if (!problems.all().isEmpty()) {
            problems.addNew(found.wrong()); // all at once
        }
        problems.throwIfAny();
        prepared.add(new Told(quarantined, found.toTell()));
        return prepared;
    }

    private List<ConfigPart.Prepared> prepare(CandidateConfig config, ConfigProblems problems) {
        Environment candidate = config.environment();
        ConfigProblems own = new ConfigProblems(candidate);
        SettingsRootCheck.check(candidate, roots, own);
        try {
            ConfigProperties.of(candidate, own);
        } catch (BindException e) {
            own.addNew(ConfigProblem.of(e));
        }
        List<ConfigPart.Prepared> prepared = new ArrayList<>();
        for (ConfigPart part : parts) {
            try {
                prepared.add(part.prepare(config, own));
            } catch (BindException e) {
                if (problems.all().isEmpty()) {
                    own.addNew(ConfigProblem.of(e)); // else the key's own problem has been told
                }
            }
        }
        problems.addNew(own.all());
        return prepared;
    }

    /** What is wrong with this setting has been told when it cannot be read. */
    private static ConfigProperties.OnBadRoute onBadRoute(Environment candidate) {
        try {
            return ConfigProperties.of(candidate, new ConfigProblems(candidate)).onBadRoute();
        } catch (BindException e) {
            return ConfigProperties.OnBadRoute.REJECT;
        }
    }

    private static @Nullable RouteDefinition route(GatewayProperties gateway, ConfigProblem problem) {
        int number = Validation.routeOf(problem);
        return number < 0 || number >= gateway.getRoutes().size()
                ? null
                : gateway.getRoutes().get(number);
    }

    /** Whether Spring Cloud Gateway takes it over at all: it validates what it binds, and one such route fails them all. */
    private static boolean isBound(RouteDefinition route) {
        return !route.getPredicates().isEmpty()
                && route.getPredicates().stream().allMatch(each -> each.getName() != null)
                && route.getFilters().stream().allMatch(each -> each.getName() != null);
    }

    /** What has been found, once the configuration is in effect. */
    private final class Told implements ConfigPart.Prepared {

        private final Map<RouteDefinition, String> quarantined;
        private final List<ConfigProblem> toTell;

        Told(Map<RouteDefinition, String> quarantined, List<ConfigProblem> toTell) {
            this.quarantined = quarantined;
            this.toTell = toTell;
        }

        @Override
        public List<Change> changes() {
            return List.of();
        }

        @Override
        public void commit() {
            routes.refuse(quarantined);
            warnings.replace(toTell);
        }
    }
}

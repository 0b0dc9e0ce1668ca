package dev.meridian.filters.overload;

import dev.meridian.routes.definition.ConcurrencyDefinition;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.RoutesProperties;
import dev.meridian.routes.definition.StrictBinder;
import dev.meridian.routes.validate.ConfigValidator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.Environment;

/**
 * The limits of a configuration.
 *
 * @param gateway {@code null} for none
 * @param upstreams by name, those alone that have one
 */
record WrittenLimits(@Nullable LimitSettings gateway, Map<String, LimitSettings> upstreams) {

    /** Reads them, and notes what is wrong with them and with the routes' priorities. */
    static WrittenLimits of(Environment environment, ConfigProblems problems) {
        OverloadProperties overload =
                StrictBinder.bind(environment, "meridian", OverloadRoot.class).overload();
        Integer max = overload.maxRequests();
        problems.require(
                max == null || max > 0, "meridian.overload.max-requests", max, "1 or more, or nothing for no limit");
        priorities(environment, problems);
        Map<String, LimitSettings> upstreams = new LinkedHashMap<>();
        StrictBinder.bind(environment, "meridian", RoutesProperties.class)
                .upstreams()
                .forEach((name, upstream) -> {
                    ConcurrencyDefinition written = upstream.concurrency();
                    LimitSettings settings = LimitSettings.of(written.maxRequests(), written.adaptive());
                    if (settings != null) {
                        upstreams.put(name, settings);
                    }
                });
        return new WrittenLimits(LimitSettings.of(max, overload.adaptive()), upstreams);
    }

    private static void priorities(Environment environment, ConfigProblems problems) {
        GatewayProperties gateway = ConfigValidator.stock(environment);
        List<RouteDefinition> routes = gateway == null ? List.of() : gateway.getRoutes(); // told of elsewhere
        for (int i = 0; i < routes.size(); i++) {
            Object written = routes.get(i).getMetadata().get(RoutePriority.METADATA);
            problems.require(
                    written == null || Priority.parse(written.toString()) != null,
                    GatewayProperties.PREFIX + ".routes[" + i + "].metadata." + RoutePriority.METADATA,
                    written,
                    "critical, normal or sheddable");
        }
    }
}

package dev.meridian.filters.overload;

import dev.meridian.routes.definition.ConcurrencyDefinition;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.StrictBinder;
import dev.meridian.routes.validate.CandidateConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * The limits of a configuration.
 *
 * @param gateway {@code null} for none
 * @param upstreams by name, those alone that have one
 */
record WrittenLimits(@Nullable LimitSettings gateway, Map<String, LimitSettings> upstreams) {

    /** Reads them, and notes what is wrong with them and with the routes' priorities. */
    static WrittenLimits of(CandidateConfig config, ConfigProblems problems) {
        OverloadProperties overload = StrictBinder.bind(config.environment(), "meridian", OverloadRoot.class)
                .overload();
        Integer max = overload.maxRequests();
        problems.require(
                max == null || max > 0, "meridian.overload.max-requests", max, "1 or more, or nothing for no limit");
        priorities(config, problems);
        Map<String, LimitSettings> upstreams = new LinkedHashMap<>();
        config.own().upstreams().forEach((name, upstream) -> {
            ConcurrencyDefinition written = upstream.concurrency();
            LimitSettings settings = LimitSettings.of(written.maxRequests(), written.adaptive());
            if (settings != null) {
                upstreams.put(name, settings);
            }
        });
        return new WrittenLimits(LimitSettings.of(max, overload.adaptive()), upstreams);
    }

    private static void priorities(CandidateConfig config, ConfigProblems problems) {
        GatewayProperties gateway = config.stock();
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

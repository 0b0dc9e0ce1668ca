package dev.meridian.routes.validate;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.load.RouteInspection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * Checks routes of a repository, of the gateway actuator and of discovery as those that are configured are checked, each when
 * it is made. The configured ones have been checked all together. Not thread-safe.
 */
public final class OtherRoutesCheck implements RouteInspection {

    private static final Logger log = LoggerFactory.getLogger(OtherRoutesCheck.class);

    private final GatewayProperties gateway;
    private final Supplier<ConfigValidator> validator;
    private final Supplier<Set<String>> upstreams;
    private List<RouteDefinition> known = List.of();
    private Set<RouteDefinition> configured = Set.of();

    /** @param upstreams names of those that there are */
    public OtherRoutesCheck(
            GatewayProperties gateway, Supplier<ConfigValidator> validator, Supplier<Set<String>> upstreams) {
        this.gateway = gateway;
        this.validator = validator;
        this.upstreams = upstreams;
    }

    @Override
    public String refusal(RouteDefinition definition, boolean made) {
        if (configured().contains(definition)) {
            return "";
        }
        Validation found = validator.get().validate(definition, upstreams.get(), made ? Known.MADE : Known.NOTHING);
        found.toTell().forEach(each -> log.warn("Route {} works, but: {}", definition.getId(), each));
        return found.errors().stream().map(ConfigProblem::toString).collect(Collectors.joining("; "));
    }

    private Set<RouteDefinition> configured() {
        List<RouteDefinition> now = gateway.getRoutes();
        if (now != known) {
            configured = new HashSet<>(now);
            known = now;
        }
        return configured;
    }
}

package dev.meridian.filters.ratelimit;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.definition.StrictBinder;
import dev.meridian.routes.validate.ConfigValidator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.support.NameUtils;
import org.springframework.core.env.Environment;

/**
 * The policies of a configuration, and where they are counted.
 *
 * @param policies by name
 */
record WrittenPolicies(Map<String, Policy> policies, RateLimitStoreProperties store) {

    private static final String STORE = "meridian.rate-limit-store";
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration MIN_HEARTBEAT = Duration.ofMillis(100);
    private static final Duration MAX_HEARTBEAT = Duration.ofSeconds(10);
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

    /** Reads them, and notes what is wrong with them and with the routes that name them. */
    static WrittenPolicies of(Environment environment, ConfigProblems problems) {
        RateLimitRoot root = StrictBinder.bind(environment, "meridian", RateLimitRoot.class);
        store(root.rateLimitStore(), problems);
        Map<String, Policy> policies =
                new PolicyCompiler(RedisSettings.isSetUp(environment), problems).compile(root.rateLimits());
        references(environment, policies, problems);
        return new WrittenPolicies(policies, root.rateLimitStore());
    }

    private static void store(RateLimitStoreProperties store, ConfigProblems problems) {
        problems.require(
                store.timeout().compareTo(MIN_TIMEOUT) >= 0 && store.timeout().compareTo(MAX_TIMEOUT) <= 0,
                STORE + ".timeout",
                store.timeout(),
                "1ms to 1s");
        problems.require(
                store.heartbeat().compareTo(MIN_HEARTBEAT) >= 0
                        && store.heartbeat().compareTo(MAX_HEARTBEAT) <= 0,
                STORE + ".heartbeat",
                store.heartbeat(),
                "100ms to 10s");
        problems.require(
                PREFIX.matcher(store.keyPrefix()).matches(),
                STORE + ".key-prefix",
                store.keyPrefix(),
                "letters, digits and . _ : -, 64 characters at most");
    }

    private static void references(Environment environment, Map<String, Policy> policies, ConfigProblems problems) {
        GatewayProperties gateway = ConfigValidator.stock(environment);
        if (gateway == null) {
            return; // told of elsewhere
        }
        references(GatewayProperties.PREFIX + ".default-filters", gateway.getDefaultFilters(), policies, problems);
        List<RouteDefinition> routes = gateway.getRoutes();
        for (int i = 0; i < routes.size(); i++) {
            references(
                    GatewayProperties.PREFIX + ".routes[" + i + "].filters",
                    routes.get(i).getFilters(),
                    policies,
                    problems);
        }
    }

    private static void references(
            String path, List<FilterDefinition> filters, Map<String, Policy> policies, ConfigProblems problems) {
        for (int i = 0; i < filters.size(); i++) {
            FilterDefinition filter = filters.get(i);
            if (filter == null || !RateLimitGatewayFilterFactory.NAME.equals(filter.getName())) {
                continue;
            }
            String place = path + "[" + i + "]";
            filter.getArgs().forEach((key, value) -> {
                if (key.startsWith(NameUtils.GENERATED_NAME_PREFIX) || key.startsWith("policies")) {
                    for (String each : value.split(",", -1)) {
                        reference(place, each.trim(), policies, problems);
                    }
                }
            });
        }
    }

    private static void reference(String place, String name, Map<String, Policy> policies, ConfigProblems problems) {
        if (!name.isEmpty() && !policies.containsKey(name)) {
            problems.add(
                    place,
                    RateLimitGatewayFilterFactory.NAME + "=" + name,
                    "the name of a policy under " + PolicyCompiler.PATH + ": "
                            + (policies.isEmpty()
                                    ? "none is there"
                                    : String.join(", ", new TreeSet<>(policies.keySet()))),
                    Spelling.nearest(name, policies.keySet()));
        }
    }
}

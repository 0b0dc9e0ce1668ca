package dev.meridian.filters.ratelimit;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.ConfigProblems;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Policies as somebody writes them: {@code limits.per-client.limit=10}, below {@code meridian}. */
final class Policies {

    static final String ROUTES = "spring.cloud.gateway.server.webflux.routes";

    private final StandardEnvironment environment = new StandardEnvironment();
    private final ConfigProblems problems;
    private final WrittenPolicies written;

    private Policies(Map<String, Object> properties) {
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        problems = new ConfigProblems(environment);
        written = WrittenPolicies.of(environment, problems);
    }

    /** @param lines {@code key=value}; keys that begin with {@code .} are those of a policy named {@code p} */
    static Policies of(String... lines) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            String key = line.substring(0, equals);
            properties.put(key.startsWith(".") ? PolicyCompiler.PATH + ".p" + key : key, line.substring(equals + 1));
        }
        return new Policies(properties);
    }

    /** Ten in a second, and what else is said. */
    static Policies tenASecond(String... lines) {
        String[] all = new String[lines.length + 2];
        all[0] = ".limit=10";
        all[1] = ".window=1s";
        System.arraycopy(lines, 0, all, 2, lines.length);
        return of(all);
    }

    static Policy policy(String... lines) {
        return tenASecond(lines).only();
    }

    StandardEnvironment environment() {
        return environment;
    }

    List<ConfigProblem> problems() {
        return problems.all();
    }

    WrittenPolicies written() {
        return written;
    }

    Map<String, Policy> all() {
        problems.throwIfAny();
        return written.policies();
    }

    Policy only() {
        return all().values().iterator().next();
    }
}

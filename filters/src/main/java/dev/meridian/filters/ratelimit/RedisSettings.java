package dev.meridian.filters.ratelimit;

import java.util.List;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Whether anybody has said where a Redis is: Boot's default of localhost does not count. */
final class RedisSettings {

    private static final String PREFIX = "spring.data.redis.";
    private static final List<String> PLACES = List.of("host", "url", "sentinel.master", "masterreplica.nodes[0]");

    private RedisSettings() {}

    static boolean isSetUp(Environment environment) {
        return PLACES.stream().anyMatch(key -> isWritten(environment, key))
                || !Binder.get(environment)
                        .bind(PREFIX + "cluster.nodes", Bindable.listOf(String.class))
                        .orElse(List.of())
                        .isEmpty();
    }

    private static boolean isWritten(Environment environment, String key) {
        String value = environment.getProperty(PREFIX + key);
        return value != null && !value.isBlank();
    }
}

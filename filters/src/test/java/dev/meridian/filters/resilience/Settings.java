package dev.meridian.filters.resilience;

import dev.meridian.routes.definition.RetryCondition;
import dev.meridian.routes.definition.RetryDefinition;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Settings as an operator would write them. */
final class Settings {

    private Settings() {}

    /** All at their defaults but these: {@code attempts=1 statuses=503}. */
    static RetryDefinition of(String settings) {
        Map<String, String> all = new HashMap<>();
        for (String setting : settings.split(" ")) {
            int equals = setting.indexOf('=');
            if (equals > 0) {
                all.put("retry." + setting.substring(0, equals), setting.substring(equals + 1));
            }
        }
        return new Binder(new MapConfigurationPropertySource(all)).bindOrCreate("retry", RetryDefinition.class);
    }

    static RetryDefinition on(RetryCondition... conditions) {
        return of("when=" + Arrays.stream(conditions).map(Enum::name).collect(Collectors.joining(",")));
    }
}

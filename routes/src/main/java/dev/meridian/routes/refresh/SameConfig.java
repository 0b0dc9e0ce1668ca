package dev.meridian.routes.refresh;

import dev.meridian.routes.archive.ReadSources;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/** Whether what was read says what is in effect already, in the same places: then nothing of it has to be bound or checked. */
final class SameConfig {

    private SameConfig() {}

    static boolean isSame(ConfigurableEnvironment running, ConfigurableEnvironment read) {
        List<PropertySource<?>> before = read(running);
        List<PropertySource<?>> after = read(read);
        if (before.size() != after.size()) {
            return false;
        }
        for (int i = 0; i < before.size(); i++) {
            if (!isSame(before.get(i), after.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static List<PropertySource<?>> read(ConfigurableEnvironment environment) {
        return environment.getPropertySources().stream()
                .filter(ReadSources::isRead)
                .toList();
    }

    private static boolean isSame(PropertySource<?> one, PropertySource<?> other) {
        if (!one.getName().equals(other.getName())
                || !(one instanceof EnumerablePropertySource<?> before)
                || !(other instanceof EnumerablePropertySource<?> after)) {
            return false;
        }
        String[] names = before.getPropertyNames();
        if (!Arrays.equals(names, after.getPropertyNames())) {
            return false;
        }
        for (String name : names) {
            if (!Objects.equals(before.getProperty(name), after.getProperty(name))
                    || !isSame(OriginLookup.getOrigin(one, name), OriginLookup.getOrigin(other, name))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(@Nullable Origin one, @Nullable Origin other) {
        return Objects.equals(one, other) || String.valueOf(one).equals(String.valueOf(other));
    }
}

package dev.meridian.routes.definition;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/** Collects problems while settings are checked, so that a user sees all of them at once. Not thread-safe. */
public final class ConfigProblems {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{[\\w.-]+}");

    private final Iterable<ConfigurationPropertySource> sources;
    private final List<ConfigProblem> problems = new ArrayList<>();

    public ConfigProblems(Environment environment) {
        this.sources = ConfigurationPropertySources.get(environment);
    }

    /** Notes that {@code property} holds {@code value} where {@code expected} would be right. */
    public void add(String property, @Nullable Object value, String expected) {
        add(property, value, expected, null);
    }

    /** The same, with a guess at what was meant. */
    public void add(String property, @Nullable Object value, String expected, @Nullable String suggestion) {
        problems.add(new ConfigProblem(
                property, value, expected + unset(String.valueOf(value)), origin(property), suggestion));
    }

    /** Takes over what somebody else has found, unless it is known. */
    public void addNew(List<ConfigProblem> others) {
        Set<String> known = new HashSet<>();
        problems.forEach(each -> known.add(each.property() + " " + each.value()));
        others.stream()
                .filter(each -> known.add(each.property() + " " + each.value()))
                .forEach(problems::add);
    }

    /** Boot leaves a placeholder that nothing sets as it is, and what is wrong then is hard to guess. */
    private static String unset(String value) {
        Matcher placeholder = PLACEHOLDER.matcher(value);
        return placeholder.find() ? "; nothing sets " + placeholder.group() : "";
    }

    /** What was noted so far. */
    public List<ConfigProblem> all() {
        return List.copyOf(problems);
    }

    /** Adds a problem unless the condition holds. */
    public void require(boolean condition, String property, @Nullable Object value, String expected) {
        if (!condition) {
            add(property, value, expected);
        }
    }

    /** Whether the configuration holds a value at the very path, be it empty. */
    public boolean isWritten(String property) {
        ConfigurationPropertyName name = ConfigurationPropertyName.adapt(property, '.');
        for (ConfigurationPropertySource source : sources) {
            if (source.getConfigurationProperty(name) != null) {
                return true;
            }
        }
        return false;
    }

    /** @throws InvalidConfigException when anything was noted */
    public void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
    }

    /** Of the very property, or of what stands first below it; else of what it belongs to. */
    private @Nullable Origin origin(String property) {
        ConfigurationPropertyName name = ConfigurationPropertyName.adapt(property, '.');
        Origin origin = origin(name);
        return origin != null || name.getNumberOfElements() < 2 ? origin : origin(name.getParent());
    }

    private @Nullable Origin origin(ConfigurationPropertyName name) {
        for (ConfigurationPropertySource source : sources) {
            Origin origin = origin(source, name);
            if (origin != null) {
                return origin;
            }
        }
        return null;
    }

    private static @Nullable Origin origin(ConfigurationPropertySource source, ConfigurationPropertyName name) {
        ConfigurationProperty found = source.getConfigurationProperty(name);
        if (found != null) {
            return found.getOrigin();
        }
        boolean below = source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT;
        if (below && source instanceof IterableConfigurationPropertySource iterable) {
            return iterable.stream()
                    .filter(name::isAncestorOf)
                    .findFirst()
                    .map(iterable::getConfigurationProperty)
                    .map(ConfigurationProperty::getOrigin)
                    .orElse(null);
        }
        return null;
    }
}

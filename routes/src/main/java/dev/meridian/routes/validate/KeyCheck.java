package dev.meridian.routes.validate;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.Spelling;
import java.net.URI;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Holds every key that is written against what may stand there: unknown ones, and values of the wrong type. */
final class KeyCheck {

    /** Names there may belong to anyone, so they are not held against the user. */
    private static final Set<String> NOT_OURS = Set.of(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);

    private final Environment environment;
    private final Binder binder;
    private final ConfigProblems problems;
    private final ConfigProblems unread;
    private final Set<String> reported = new HashSet<>();

    /**
     * @param problems values that do not bind
     * @param unread keys that nobody reads
     */
    KeyCheck(Environment environment, ConfigProblems problems, ConfigProblems unread) {
        this.environment = environment;
        this.binder = Binder.get(environment);
        this.problems = problems;
        this.unread = unread;
    }

    /** @param shape of what stands under the root */
    void check(String root, Shape shape) {
        ConfigurationPropertyName below = ConfigurationPropertyName.of(root);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable && isConfiguration(source)) {
                iterable.filter(below::isAncestorOf)
                        .forEach(name -> check(name, below.getNumberOfElements(), shape, source));
            }
        }
    }

    static boolean isConfiguration(ConfigurationPropertySource source) {
        return !(source.getUnderlyingSource() instanceof PropertySource<?> property)
                || !NOT_OURS.contains(property.getName());
    }

    private void check(ConfigurationPropertyName name, int from, Shape root, ConfigurationPropertySource source) {
        Shape at = root;
        for (int i = from; i < name.getNumberOfElements(); i++) {
            Shape next = switch (at.kind()) {
                case ANY -> null;
                case VALUE -> nothingBelow(name, i, at);
                case GROUP -> key(name, i, at);
                case LIST -> element(name, i, at);
                case MAP -> at.each();
            };
            if (next == null) {
                return;
            }
            boolean restIsKey = at.kind() == Shape.Kind.MAP && next.kind() == Shape.Kind.VALUE;
            at = next;
            if (restIsKey) {
                break; // a key with dots in it
            }
        }
        if (at.kind() != Shape.Kind.ANY && !isSimplyRight(source.getConfigurationProperty(name), at)) {
            value(name, at);
        }
    }

    /** What nearly all values are; a binder takes a hundred times as long for each. */
    private static boolean isSimplyRight(@Nullable ConfigurationProperty property, Shape at) {
        ResolvableType type = at.plain();
        if (property == null || type == null || !(property.getValue() instanceof CharSequence written)) {
            return false;
        }
        Class<?> raw = type.toClass();
        String text = written.toString();
        if (text.isEmpty() || text.contains("${")) {
            return false;
        }
        try {
            if (raw == PredicateDefinition.class) {
                return new PredicateDefinition(text).getName() != null;
            } else if (raw == FilterDefinition.class) {
                return new FilterDefinition(text).getName() != null;
            } else if (raw == URI.class) {
                return URI.create(text).getScheme() != null;
            }
            return raw == String.class;
        } catch (RuntimeException e) {
            return false; // the binder says why
        }
    }

    private @Nullable Shape nothingBelow(ConfigurationPropertyName name, int i, Shape at) {
        ResolvableType type = at.plain();
        report(
                unread,
                name.chop(i),
                null,
                type == null ? "a plain value" : Expectation.of(type) + ", with nothing below it",
                null);
        return null;
    }

    private @Nullable Shape key(ConfigurationPropertyName name, int i, Shape at) {
        String uniform = name.getElement(i, Form.UNIFORM);
        for (Map.Entry<String, Shape> key : at.keys().entrySet()) {
            if (key.getKey().replace("-", "").equals(uniform)) {
                return key.getValue();
            }
        }
        ConfigurationPropertyName unknown = name.chop(i + 1);
        ConfigurationProperty written = find(unknown);
        report(
                unread,
                unknown,
                written == null ? null : Secrets.shown(unknown.toString(), written.getValue()),
                "one of the keys under " + name.chop(i) + ": "
                        + String.join(", ", at.keys().keySet()),
                Spelling.nearest(name.getElement(i, Form.ORIGINAL), at.keys().keySet()));
        return null;
    }

    private @Nullable Shape element(ConfigurationPropertyName name, int i, Shape at) {
        if (name.isNumericIndex(i)) {
            return at.each();
        }
        report(unread, name.chop(i), null, "a list: lines that begin with '- ', or [a, b]", null);
        return null;
    }

    private void value(ConfigurationPropertyName name, Shape at) {
        ConfigurationProperty property = find(name);
        if (at.kind() == Shape.Kind.ANY || property == null) {
            return;
        }
        Object written = property.getValue();
        boolean empty = written == null || written.toString().isEmpty();
        if (empty && at.kind() != Shape.Kind.VALUE) {
            return; // an empty list or map
        }
        ResolvableType type = at.plain();
        if (type == null) {
            report(
                    unread,
                    name,
                    written,
                    switch (at.kind()) {
                        case GROUP ->
                            "settings below it: " + String.join(", ", at.keys().keySet());
                        case LIST -> "a list: lines that begin with '- ', or [a, b]";
                        default -> "names with settings below each";
                    },
                    null);
            return;
        }
        try {
            binder.bind(name, Bindable.of(type));
        } catch (BindException e) {
            report(
                    problems,
                    name,
                    Secrets.shown(name.toString(), written),
                    Expectation.of(type, e),
                    Expectation.suggestion(type, String.valueOf(written)));
        }
    }

    private @Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty found = source.getConfigurationProperty(name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private void report(
            ConfigProblems into,
            ConfigurationPropertyName name,
            @Nullable Object value,
            String expected,
            @Nullable String suggestion) {
        if (reported.add(name.toString())) {
            into.add(name.toString(), value, expected, suggestion);
        }
    }
}

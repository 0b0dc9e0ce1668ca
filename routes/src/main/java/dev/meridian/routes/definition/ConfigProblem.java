package dev.meridian.routes.definition;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.io.Resource;

/**
 * One thing that is wrong with the configuration.
 *
 * @param property the full path, as in {@code meridian.upstreams.orders.endpoints[0].uri}
 * @param value what stands there, or {@code null} where something is missing
 * @param expected what would be right, in words that complete "expected: …"
 * @param origin file, line and column where Boot knows them
 * @param suggestion what was most likely meant, or {@code null}
 */
public record ConfigProblem(
        String property,
        @Nullable Object value,
        String expected,
        @Nullable Origin origin,
        @Nullable String suggestion) {

    /** One without a guess at what was meant. */
    public ConfigProblem(String property, @Nullable Object value, String expected, @Nullable Origin origin) {
        this(property, value, expected, origin, null);
    }

    @Override
    public String toString() {
        return property + ": " + value + " (expected: " + expected + ")"
                + (suggestion == null ? "" : ", did you mean " + suggestion + "?")
                + (origin == null ? "" : ", at " + origin);
    }

    /** Where it stands, {@code file:line:column} as far as known. */
    public @Nullable String place() {
        for (Origin each = origin;
                each != null;
                each = each instanceof PropertySourceOrigin source ? source.getOrigin() : each.getParent()) {
            if (each instanceof TextResourceOrigin text) {
                String file = file(text.getResource());
                TextResourceOrigin.Location location = text.getLocation();
                return location == null
                        ? file
                        : file + ":" + (location.getLine() + 1) + ":" + (location.getColumn() + 1);
            }
        }
        return origin == null ? null : origin.toString();
    }

    private static String file(@Nullable Resource resource) {
        if (resource == null) {
            return "";
        }
        try {
            return resource.isFile() ? shown(resource.getFile().toPath()) : resource.getDescription();
        } catch (IOException e) {
            return resource.getDescription();
        }
    }

    /** A path as a person reads it: from the working directory on where it is below that. */
    public static String shown(Path path) {
        Path here = Path.of("").toAbsolutePath();
        Path absolute = path.toAbsolutePath().normalize();
        return absolute.startsWith(here) ? here.relativize(absolute).toString() : absolute.toString();
    }

    /** What Boot says of what it cannot bind. */
    public static List<ConfigProblem> of(BindException failure) {
        if (failure.getCause() instanceof UnboundConfigurationPropertiesException unknown) {
            return unknown.getUnboundProperties().stream()
                    .map(property -> new ConfigProblem(
                            property.getName().toString(),
                            null,
                            "a key that is read; this one is not known",
                            property.getOrigin()))
                    .toList();
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        ConfigurationProperty property = failure.getProperty();
        return List.of(new ConfigProblem(
                failure.getName().toString(),
                property == null ? null : property.getValue(),
                String.valueOf(cause.getMessage()),
                failure.getOrigin()));
    }
}

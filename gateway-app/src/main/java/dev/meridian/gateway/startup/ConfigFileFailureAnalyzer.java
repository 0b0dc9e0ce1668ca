package dev.meridian.gateway.startup;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataException;
import org.springframework.boot.context.config.ConfigDataLocation;
import org.springframework.boot.context.config.ConfigDataLocationNotFoundException;
import org.springframework.boot.context.config.ConfigDataNotFoundException;
import org.springframework.boot.context.config.ConfigDataResourceNotFoundException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.ResourceUtils;

/**
 * Reports a configuration file that is not there, cannot be read or has a name that says not what it is. Before Boot's
 * analyzer of a missing one, which leaves out where a relative path starts.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ConfigFileFailureAnalyzer implements FailureAnalyzer {

    /** How Boot's message begins when no loader knows the name's extension; it has no exception of its own for it. */
    private static final String UNKNOWN_KIND = "Unable to load config data from '";

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnreadableConfigException unreadable) {
                return new FailureAnalysis(unreadable.getMessage(), unreadable.advice(), failure);
            }
            if (cause instanceof ConfigDataNotFoundException missing) {
                return missing(missing, failure);
            }
            if (cause instanceof ConfigDataException wrong) {
                return new FailureAnalysis(wrong.getMessage(), "Correct the configuration file it names.", failure);
            }
            String message = cause.getMessage();
            if (cause instanceof IllegalStateException && message != null && message.startsWith(UNKNOWN_KIND)) {
                return unknownKind(message.substring(UNKNOWN_KIND.length(), message.lastIndexOf('\'')), failure);
            }
        }
        return null;
    }

    private static FailureAnalysis missing(ConfigDataNotFoundException missing, Throwable failure) {
        ConfigDataLocation location = location(missing);
        Path path = location == null ? null : path(location.getValue());
        if (location == null || path == null) {
            return new FailureAnalysis(
                    "The configuration " + missing.getReferenceDescription() + " does not exist.",
                    "Correct it, or begin it with 'optional:' to start without it.",
                    failure);
        }
        Origin origin = Origin.from(location);
        return new FailureAnalysis(
                "The configuration %s %s does not exist; '%s'%s names it."
                        .formatted(
                                location.getValue().endsWith("/") ? "directory" : "file",
                                ConfigFileLoader.absolute(path),
                                location,
                                origin == null ? "" : " in " + origin),
                ("Correct the path: a relative one starts at the working directory, %s."
                                + " To start without the file, write 'optional:%s'.")
                        .formatted(ConfigFileLoader.absolute(Path.of("")), location),
                failure);
    }

    private static FailureAnalysis unknownKind(String location, Throwable failure) {
        Path path = path(location);
        boolean directory = path != null && Files.isDirectory(path);
        return new FailureAnalysis(
                "The configuration file '%s' %s."
                        .formatted(location, directory ? "is a directory" : "has no known extension"),
                directory
                        ? "End the path with '/' to read application.yml from that directory: '%s/'."
                                .formatted(location)
                        : "Give the file a name that ends in .yml, .yaml or .properties, or say what it is: '%s[.yml]'."
                                .formatted(location),
                failure);
    }

    private static @Nullable ConfigDataLocation location(ConfigDataNotFoundException missing) {
        if (missing instanceof ConfigDataLocationNotFoundException location) {
            return location.getLocation();
        }
        return missing instanceof ConfigDataResourceNotFoundException resource ? resource.getLocation() : null;
    }

    /** The file a location names, or {@code null} where it names several or something else than a file. */
    private static @Nullable Path path(String location) {
        String file = location.startsWith(ResourceUtils.FILE_URL_PREFIX)
                ? location.substring(ResourceUtils.FILE_URL_PREFIX.length())
                : location;
        if (file.contains(":") || file.contains(";") || file.contains("*")) {
            return null;
        }
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            return null;
        }
    }
}

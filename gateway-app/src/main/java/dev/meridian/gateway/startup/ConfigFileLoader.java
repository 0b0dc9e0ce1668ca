package dev.meridian.gateway.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;

/**
 * Boot's loader of one kind of configuration file, asked only for files that can be read: Boot takes a directory's
 * listing for the file's content without a word, and answers a missing permission with a stack trace.
 *
 * <p>The loaders of this package come before Boot's own, the one for properties before the one for YAML as Boot has
 * them: of two files side by side the order decides which wins.
 */
abstract class ConfigFileLoader implements PropertySourceLoader {

    private final PropertySourceLoader loader;

    ConfigFileLoader(PropertySourceLoader loader) {
        this.loader = loader;
    }

    @Override
    public final String[] getFileExtensions() {
        return loader.getFileExtensions();
    }

    @Override
    public List<PropertySource<?>> load(String name, Resource resource) throws IOException {
        if (resource.isFile()) {
            requireReadable(resource.getFile().toPath());
        }
        return loader.load(name, resource);
    }

    private static void requireReadable(Path path) {
        if (Files.isDirectory(path)) {
            throw new UnreadableConfigException(
                    "The configuration file " + absolute(path) + " is a directory.",
                    "Name the file in it, or end the path with '/' to read application.yml from that directory.");
        }
        if (!Files.isReadable(path)) {
            throw new UnreadableConfigException(
                    "The configuration file " + absolute(path) + " cannot be read: permission denied.",
                    "Let the user '" + System.getProperty("user.name") + "', who runs the gateway, read it.");
        }
    }

    /** As an operator finds it, wherever the process was started. */
    static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }
}

package dev.meridian.routes.archive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

/** Environments as they are when Boot has read files into them. */
final class Read {

    static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");

    private Read() {}

    static StandardEnvironment environment(PropertySource<?>... sources) {
        StandardEnvironment environment = new StandardEnvironment();
        for (PropertySource<?> source : sources) {
            environment.getPropertySources().addLast(source);
        }
        return environment;
    }

    /** A file, with the place of each value. */
    static PropertySource<?> file(String path, String yaml) {
        try {
            List<PropertySource<?>> sources = new ArrayList<>(new YamlPropertySourceLoader()
                    .load(
                            "Config resource 'file [" + path + "]' via location '" + path + "'",
                            new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), path)));
            return sources.get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a config server says of itself. */
    static PropertySource<?> version(String version) {
        return new MapPropertySource(ReadSources.SERVER, Map.of("config.client.version", version));
    }

    static StoredConfig stored(String yaml) {
        return StoredConfig.of(environment(file("/etc/gateway.yml", yaml)));
    }

    static LastGood lastGood(String yaml) {
        return new LastGood(stored(yaml), TIME, "");
    }
}

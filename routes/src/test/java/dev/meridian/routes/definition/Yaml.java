package dev.meridian.routes.definition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.mock.env.MockEnvironment;

/** Environments as Boot makes them out of a YAML file, with the place of each property. */
final class Yaml {

    private Yaml() {}

    static ConfigurableEnvironment environment(String yaml) {
        MockEnvironment environment = new MockEnvironment();
        try {
            for (PropertySource<?> source : new YamlPropertySourceLoader()
                    .load("gateway.yml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "gateway.yml"))) {
                environment.getPropertySources().addLast(source);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ConfigurationPropertySources.attach(environment);
        return environment;
    }
}

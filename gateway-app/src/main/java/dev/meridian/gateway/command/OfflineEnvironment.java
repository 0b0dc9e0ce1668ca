package dev.meridian.gateway.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.RandomValuePropertySource;
import org.springframework.boot.support.SpringApplicationJsonEnvironmentPostProcessor;
import org.springframework.boot.web.context.reactive.StandardReactiveWebEnvironment;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.io.DefaultResourceLoader;

/** The configuration as the gateway would have it if it were started with the file. */
final class OfflineEnvironment {

    static final List<String> PORTS = List.of("server.port", "management.server.port");

    private OfflineEnvironment() {}

    /**
     * Reads the file, what it imports, and what else counts at a start: defaults, profiles, environment variables.
     *
     * @param options as at a start, {@code --NAME=VALUE}
     */
    static ConfigurableEnvironment read(Path file, List<String> options) {
        StandardReactiveWebEnvironment environment = new StandardReactiveWebEnvironment();
        ConfigurationPropertySources.attach(environment);
        if (!options.isEmpty()) {
            environment
                    .getPropertySources()
                    .addFirst(new SimpleCommandLinePropertySource(options.toArray(new String[0])));
        }
        String location = "file:" + file + (Files.isDirectory(file) ? "/" : "");
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("file", Map.of("spring.config.additional-location", location)));
        environment.getPropertySources().addLast(new RandomValuePropertySource());
        new SpringApplicationJsonEnvironmentPostProcessor()
                .postProcessEnvironment(environment, new SpringApplication());
        ConfigDataEnvironmentPostProcessor.applyTo(
                environment, new DefaultResourceLoader(), new DefaultBootstrapContext());
        ConfigurationPropertySources.attach(environment);
        return environment;
    }

    /** Nothing listens, and nothing that would is set up. */
    static void withoutPorts(ConfigurableEnvironment environment) {
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("offline", Map.of(PORTS.get(0), "0", PORTS.get(1), "-1")));
    }
}

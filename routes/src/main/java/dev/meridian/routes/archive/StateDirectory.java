package dev.meridian.routes.archive;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.config.ConfigData;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.cloud.config.client.ConfigServerBootstrapper.LoaderInterceptor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.util.ClassUtils;

/** Where the last good configuration is: {@code meridian.config.state-dir}. */
public final class StateDirectory {

    static final String PROPERTY = "meridian.config.state-dir";

    private StateDirectory() {}

    /** As the environment says; {@code null} where it says nothing. */
    public static @Nullable Path of(Environment environment) {
        String directory = environment.getProperty(PROPERTY, "");
        return directory.isBlank() ? null : Path.of(directory.strip());
    }

    /** The same, also where the environment could not be completed: local files are then read without the server's. */
    static @Nullable Path find(ConfigurableEnvironment environment) {
        Path given = of(environment);
        if (given != null) {
            return given;
        }
        StandardEnvironment local = new StandardEnvironment();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (!local.getPropertySources().contains(source.getName())
                    && !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)) {
                local.getPropertySources().addFirst(source);
            }
        }
        try {
            DefaultBootstrapContext bootstrap = new DefaultBootstrapContext();
            if (ClassUtils.isPresent("org.springframework.cloud.config.client.ConfigServerBootstrapper", null)) {
                ServerLeftOut.in(bootstrap);
            }
            ConfigDataEnvironmentPostProcessor.applyTo(local, new DefaultResourceLoader(), bootstrap);
        } catch (RuntimeException e) {
            return null; // They are what is wrong.
        }
        return of(local);
    }

    /** Apart, since the client need not be there. */
    private static final class ServerLeftOut {

        static void in(DefaultBootstrapContext bootstrap) {
            bootstrap.register(LoaderInterceptor.class, context -> load -> new ConfigData(List.of()));
        }
    }
}

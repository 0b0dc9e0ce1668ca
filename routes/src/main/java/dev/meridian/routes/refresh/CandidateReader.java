package dev.meridian.routes.refresh;

import java.util.List;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.BootstrapContext;
import org.springframework.boot.bootstrap.BootstrapRegistry;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.boot.util.Instantiator;
import org.springframework.cloud.bootstrap.encrypt.DecryptEnvironmentPostProcessor;
import org.springframework.cloud.client.HostInfoEnvironmentPostProcessor;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** Reads all of the configuration anew, as at start, into an environment of its own. */
final class CandidateReader {

    /** What the machine is called. */
    static final String HOST = "springCloudClientHostInfo";

    private static final String ENCRYPTED = "{cipher}";

    private final BeanFactory beans;

    CandidateReader(BeanFactory beans) {
        this.beans = beans;
    }

    /**
     * Completes {@code environment}, which holds what no file says: command line, system properties, profiles.
     *
     * @throws RuntimeException where a source cannot be read, or what it says is not YAML
     */
    void read(StandardEnvironment environment, @Nullable SpringApplication application) {
        ConfigurableBootstrapContext bootstrap = bootstrap();
        DeferredLogFactory logs = new ImmediateLogs();
        Instantiator<EnvironmentPostProcessor> instantiator =
                new Instantiator<>(EnvironmentPostProcessor.class, parameters -> {
                    parameters.add(DeferredLogFactory.class, logs);
                    parameters.add(Log.class, logs::getLog);
                    parameters.add(ConfigurableBootstrapContext.class, bootstrap);
                    parameters.add(BootstrapContext.class, bootstrap);
                    parameters.add(BootstrapRegistry.class, bootstrap);
                });
        List<String> names = SpringFactoriesLoader.loadFactoryNames(
                EnvironmentPostProcessor.class, getClass().getClassLoader());
        for (EnvironmentPostProcessor each : instantiator.instantiate(names)) {
            if (each instanceof DecryptEnvironmentPostProcessor) {
                decrypt(environment);
                continue;
            }
            if (each instanceof HostInfoEnvironmentPostProcessor
                    && environment.getPropertySources().contains(HOST)) {
                continue;
            }
            each.postProcessEnvironment(environment, application == null ? new SpringApplication() : application);
        }
        ConfigurationPropertySources.attach(environment);
    }

    private ConfigurableBootstrapContext bootstrap() {
        return beans.getBeanProvider(ConfigurableBootstrapContext.class).getIfAvailable(DefaultBootstrapContext::new);
    }

    /** What a config server answered last; empty where none was asked. */
    String serverAnswer() {
        ServerAnswer answer = bootstrap().getOrElse(ServerAnswer.class, null);
        return answer == null ? "" : answer.last();
    }

    /** Puts in front what is encrypted in it, if anything is: all would be looked through with a regular expression. */
    static void decrypt(StandardEnvironment environment) {
        if (hasEncrypted(environment)) {
            new DecryptEnvironmentPostProcessor().postProcessEnvironment(environment, new SpringApplication());
        }
    }

    private static boolean hasEncrypted(StandardEnvironment environment) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                for (String name : enumerable.getPropertyNames()) {
                    if (enumerable.getProperty(name) instanceof String value && value.startsWith(ENCRYPTED)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** The log is there: nothing has to wait for it. */
    private static final class ImmediateLogs implements DeferredLogFactory {

        @Override
        public Log getLog(Supplier<Log> destination) {
            return destination.get();
        }

        @Override
        public Log getLog(Class<?> destination) {
            return LogFactory.getLog(destination);
        }

        @Override
        public Log getLog(Log destination) {
            return destination;
        }
    }
}

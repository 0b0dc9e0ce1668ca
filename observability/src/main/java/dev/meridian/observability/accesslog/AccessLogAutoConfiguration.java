package dev.meridian.observability.accesslog;

import dev.meridian.observability.exchange.ExchangeAutoConfiguration;
import dev.meridian.observability.metrics.GatewayMeters;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.definition.StrictBinder;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the access log. */
@AutoConfiguration(before = ExchangeAutoConfiguration.class)
@ConditionalOnProperty(name = "spring.cloud.gateway.server.webflux.enabled", matchIfMissing = true)
public final class AccessLogAutoConfiguration {

    private static final String PREFIX = "meridian.access-log.";
    private static final int MAX_QUEUE_SIZE = 1 << 22;

    @Bean
    @ConditionalOnMissingBean
    AccessLogRoot meridianAccessLogRoot(Environment environment) {
        return StrictBinder.bind(environment, "meridian", AccessLogRoot.class);
    }

    @Bean
    SettingsRoot accessLogSettingsRoot() {
        return SettingsRoot.of(AccessLogRoot.class);
    }

    /** Nothing of it is there when it is switched off. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty(name = "meridian.access-log.enabled", matchIfMissing = true)
    static class Enabled {

        @Bean
        AccessLogWriter meridianAccessLogWriter(AccessLogRoot root, Environment environment) {
            AccessLogProperties settings = root.accessLog();
            ConfigProblems problems = new ConfigProblems(environment);
            problems.require(
                    settings.queueSize() >= 1 && settings.queueSize() <= MAX_QUEUE_SIZE,
                    PREFIX + "queue-size",
                    settings.queueSize(),
                    "1 to " + MAX_QUEUE_SIZE);
            List<String> excluded = settings.excludePaths();
            for (int i = 0; i < excluded.size(); i++) {
                problems.require(
                        ExcludedPaths.isValid(excluded.get(i)),
                        PREFIX + "exclude-paths[" + i + "]",
                        excluded.get(i),
                        "a path like /health, or /health/** for all below it too");
            }
            LogSink sink = sink(settings.file(), problems);
            problems.throwIfAny();
            return new AccessLogWriter(
                            AccessLogFormat.of(settings.format()), sink, settings.queueSize(), System::nanoTime)
                    .start();
        }

        private static LogSink sink(String file, ConfigProblems problems) {
            if (!file.isBlank()) {
                try {
                    return LogFile.open(Path.of(file), System::nanoTime);
                } catch (IOException | InvalidPathException e) {
                    problems.add(PREFIX + "file", file, "a file that can be appended to; " + e);
                }
            }
            return new StandardOutput();
        }

        @Bean
        AccessLogObserver meridianAccessLogObserver(AccessLogWriter writer, AccessLogRoot root) {
            return new AccessLogObserver(writer, root.accessLog(), InstantSource.system());
        }

        @Bean
        MeterBinder meridianAccessLogMeters(AccessLogWriter writer) {
            return registry -> {
                dropped("queue-full", writer, AccessLogWriter::droppedByQueue).register(registry);
                dropped("sink-failed", writer, AccessLogWriter::droppedBySink).register(registry);
            };
        }

        private static FunctionCounter.Builder<AccessLogWriter> dropped(
                String reason, AccessLogWriter writer, java.util.function.ToDoubleFunction<AccessLogWriter> count) {
            return FunctionCounter.builder(GatewayMeters.ACCESS_LOG_DROPPED.getName(), writer, count)
                    .description(GatewayMeters.ACCESS_LOG_DROPPED.description())
                    .tag(GatewayMeters.Tag.REASON.asString(), reason);
        }
    }

    /**
     * What this package reads under {@code meridian}.
     *
     * @param accessLog one line per request
     */
    @ConfigurationProperties("meridian")
    record AccessLogRoot(
            @NestedConfigurationProperty @DefaultValue AccessLogProperties accessLog) {}
}

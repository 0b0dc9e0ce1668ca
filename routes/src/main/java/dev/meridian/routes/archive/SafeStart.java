package dev.meridian.routes.archive;

import dev.meridian.routes.definition.InvalidConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplication.AbandonedRunException;
import org.springframework.boot.context.config.ConfigDataException;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Starts an application; where its configuration cannot be read or is bad, from the last good one, if
 * {@code meridian.config.state-dir} has one. Whatever else keeps it from starting is thrown as it is.
 */
public final class SafeStart {

    private static final Logger log = LoggerFactory.getLogger(SafeStart.class);

    private static final String OURS = "dev.meridian.";

    private SafeStart() {}

    /** @param applications makes the application, for each attempt anew */
    public static ConfigurableApplicationContext run(Supplier<SpringApplication> applications, String... args) {
        First first = new First();
        SpringApplication application = applications.get();
        application.addListeners(first);
        try {
            return application.run(args);
        } catch (AbandonedRunException e) {
            throw e;
        } catch (RuntimeException e) {
            LastGood lastGood = isOfConfiguration(e) ? first.lastGood() : null;
            if (lastGood == null) {
                throw e;
            }
            return second(applications.get(), lastGood, reason(e)).run(args);
        }
    }

    private static SpringApplication second(SpringApplication application, LastGood lastGood, String reason) {
        application.addListeners(new Second(lastGood));
        application.addInitializers(context -> context.getBeanFactory()
                .registerSingleton(
                        "meridianStartedFromLastGood",
                        new StartedFromLastGood(lastGood.saved(), reason, lastGood.heldAgainst())));
        return application;
    }

    private static boolean isOfConfiguration(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidConfigException
                    || cause instanceof BindException
                    || cause instanceof ConfigDataException
                    || cause instanceof UnusableConfigException
                    || isOfReading(cause)) {
                return true;
            }
        }
        return false;
    }

    /** Thrown while sources were read, by whichever loader: they have no exception in common. */
    private static boolean isOfReading(Throwable failure) {
        for (StackTraceElement frame : failure.getStackTrace()) {
            if (frame.getClassName().startsWith("org.springframework.boot.context.config.ConfigData")) {
                return true;
            }
        }
        return false;
    }

    /** Ours say where it is and what would be right; of others' the innermost says most. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !cause.getClass().getName().startsWith(OURS)) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /** Reads as ever, and is asked to hold what was read against what was saved. */
    private static final class First implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

        private @Nullable ConfigurableEnvironment environment;

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
            environment = event.getEnvironment();
            environment.getPropertySources().addLast(StartMark.first());
        }

        @Nullable
        LastGood lastGood() {
            if (environment == null) {
                return null;
            }
            Path directory = StateDirectory.find(environment);
            if (directory == null) {
                return null;
            }
            try {
                return new LastGoodFile(directory).read();
            } catch (IOException e) {
                log.warn("There is no last good configuration to start from: {}", e.getMessage());
                return null;
            }
        }
    }

    /** Reads nothing from outside; what was saved takes its place. */
    private static final class Second implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

        private final LastGood lastGood;

        Second(LastGood lastGood) {
            this.lastGood = lastGood;
        }

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
            event.getEnvironment().getPropertySources().addFirst(StartMark.from(lastGood));
        }
    }
}

package dev.meridian.routes.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;

/**
 * Right after the configuration was read at a {@linkplain SafeStart start}: holds it against the last good one, or puts the
 * last good one in its place.
 */
final class LastGoodPostProcessor implements EnvironmentPostProcessor, Ordered {

    private static final String ROUTES = "spring.cloud.gateway.server.webflux.routes[";

    @Override
    public int getOrder() {
        return ConfigDataEnvironmentPostProcessor.ORDER + 1;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        MutablePropertySources sources = environment.getPropertySources();
        if (!(sources.remove(StartMark.NAME) instanceof StartMark mark)) {
            return;
        }
        LastGood lastGood = mark.lastGood();
        if (lastGood != null) {
            restore(sources, lastGood.config().sources());
        } else {
            compare(environment);
        }
    }

    private static void restore(MutablePropertySources into, List<PropertySource<?>> stored) {
        String inside = into.stream()
                .filter(ReadSources::isInside)
                .map(PropertySource::getName)
                .findFirst()
                .orElse(null);
        for (PropertySource<?> source : stored) {
            if (inside == null) {
                into.addLast(source);
            } else {
                into.addBefore(inside, source);
            }
        }
    }

    /** @throws UnusableConfigException where the last good one is better than what was read */
    private static void compare(ConfigurableEnvironment environment) {
        Path directory = StateDirectory.of(environment);
        if (directory == null) {
            return;
        }
        LastGood lastGood;
        try {
            lastGood = new LastGoodFile(directory).read();
        } catch (IOException e) {
            return; // It is only needed where nothing else is good; then it is told of.
        }
        String why = lastGood == null ? null : whyNot(environment, lastGood);
        if (why != null) {
            throw new UnusableConfigException(why);
        }
    }

    private static @Nullable String whyNot(ConfigurableEnvironment environment, LastGood lastGood) {
        List<PropertySource<?>> before = lastGood.config().sources();
        List<PropertySource<?>> now = ReadSources.outside(environment);
        if (before.stream().anyMatch(ReadSources::isServed)
                && now.stream().noneMatch(ReadSources::isServed)
                && ReadSources.nameServer(environment.getPropertySources())) {
            return "The config server does not answer, or has nothing for this gateway";
        }
        if (hasRoutes(before)
                && !hasRoutes(environment.getPropertySources())
                && !environment.getProperty("meridian.config.allow-empty", Boolean.class, false)) {
            return "The configuration has no routes any more";
        }
        if (!lastGood.heldAgainst().isEmpty()
                && StoredConfig.of(environment).hash().equals(lastGood.heldAgainst())) {
            return "The configuration has not changed since it was rolled back";
        }
        return null;
    }

    private static boolean hasRoutes(Iterable<PropertySource<?>> sources) {
        for (PropertySource<?> source : sources) {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                for (String name : enumerable.getPropertyNames()) {
                    if (name.startsWith(ROUTES)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}

package dev.meridian.routes.refresh;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.StrictBinder;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.Environment;

/**
 * Settings under {@code meridian.config}: how a changed configuration comes into effect.
 *
 * @param onBadRoute what becomes of a change in which a route is bad; default {@code quarantine}
 * @param allowEmpty whether a change may take away all routes, which is hardly ever meant; default {@code false}
 * @param watch whether files are looked at each second, and taken over when they have changed; default {@code false}
 * @param poll how often the config server is asked whether anything has changed, and files are looked at, give or take a
 *     tenth; default 0s, which is never
 * @param stateDir directory in which the last good configuration is kept, to start from when none can be read; default none
 */
public record ConfigProperties(
        @DefaultValue("quarantine") OnBadRoute onBadRoute,
        @DefaultValue("false") boolean allowEmpty,
        @DefaultValue("false") boolean watch,
        @DefaultValue("0s") Duration poll,
        @Nullable Path stateDir) {

    private static final Duration SHORTEST = Duration.ofSeconds(1);

    /**
     * As an environment has them.
     *
     * @throws org.springframework.boot.context.properties.bind.BindException for a wrong type or an unknown key
     */
    public static ConfigProperties of(Environment environment, ConfigProblems problems) {
        ConfigProperties properties =
                StrictBinder.bind(environment, "meridian", ConfigRoot.class).config();
        problems.require(
                properties.poll.isZero() || properties.poll.compareTo(SHORTEST) >= 0,
                "meridian.config.poll",
                DurationStyle.SIMPLE.print(properties.poll),
                "at least 1s, or 0s for never");
        return properties;
    }

    /** What to do about it. */
    public enum OnBadRoute {
        /** That route keeps its last good version, the rest comes into effect. */
        QUARANTINE,
        /** Nothing comes into effect. */
        REJECT
    }
}

package dev.meridian.routes.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/** Which of an environment's sources were read from somewhere, as opposed to given at start. By their names in Boot. */
public final class ReadSources {

    /** What a config server says of itself, as the version of what it serves. */
    static final String SERVER = "configClient";

    private static final String SERVED = "configserver:";
    private static final List<String> READ = List.of("Config resource ", "Config tree ", SERVED);
    private static final Pattern IMPORT = Pattern.compile("spring[._]config[._]import", Pattern.CASE_INSENSITIVE);

    private ReadSources() {}

    /** Whether Boot reads it from a file, a directory or a config server. */
    public static boolean isRead(PropertySource<?> source) {
        return source.getName().equals(SERVER) || READ.stream().anyMatch(source.getName()::startsWith);
    }

    /** Whether it comes from a config server. */
    public static boolean isServed(PropertySource<?> source) {
        return source.getName().startsWith(SERVED);
    }

    /** Whether a config server is to be read, as far as these say. */
    public static boolean nameServer(Iterable<PropertySource<?>> sources) {
        for (PropertySource<?> source : sources) {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                for (String name : enumerable.getPropertyNames()) {
                    if (IMPORT.matcher(name).lookingAt()
                            && String.valueOf(source.getProperty(name)).contains(SERVED)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Whether it is part of the application itself, and never changes while that runs. */
    public static boolean isInside(PropertySource<?> source) {
        return isRead(source) && source.getName().contains("class path resource");
    }

    /** What may say something else tomorrow, in the order of precedence. */
    public static List<PropertySource<?>> outside(ConfigurableEnvironment environment) {
        List<PropertySource<?>> outside = new ArrayList<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (isRead(source) && !isInside(source)) {
                outside.add(source);
            }
        }
        return outside;
    }

    /** The version that a config server gave to what it served, empty where there is none. */
    public static String version(ConfigurableEnvironment environment) {
        PropertySource<?> server = environment.getPropertySources().get(SERVER);
        Object version = server == null ? null : server.getProperty("config.client.version");
        return version == null ? "" : version.toString();
    }
}

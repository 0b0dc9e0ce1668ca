package dev.meridian.routes.geo;

import dev.meridian.routes.definition.ConfigProblems;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes a locator out of settings, and notes everything that is wrong with them. */
final class LocatorCompiler {

    private static final String ROOT = "meridian.geo.";

    /** <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2">RFC 9110 §5.6.2</a>. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

    private LocatorCompiler() {}

    /** The locator, not started; of no use where problems were noted. */
    static ConfiguredLocator compile(GeoSettings settings, ConfigProblems problems) {
        problems.require(
                settings.reloadInterval().compareTo(SHORTEST_INTERVAL) >= 0,
                ROOT + "reload-interval",
                settings.reloadInterval(),
                "at least 100ms");
        return new ConfiguredLocator(
                headers(settings.headers(), problems),
                settings.database() == null ? null : database(settings.database(), problems));
    }

    private static LocationHeaders headers(GeoSettings.Headers written, ConfigProblems problems) {
        requireName("latitude", written.latitude(), problems);
        requireName("longitude", written.longitude(), problems);
        requireName("country", written.country(), problems);
        if (written.latitude() == null && written.longitude() != null) {
            requireOther("latitude", "longitude", problems);
        }
        if (written.longitude() == null && written.latitude() != null) {
            requireOther("longitude", "latitude", problems);
        }
        return new LocationHeaders(written.latitude(), written.longitude(), written.country());
    }

    private static void requireName(String key, @Nullable String name, ConfigProblems problems) {
        problems.require(
                name == null || TOKEN.matcher(name).matches(),
                ROOT + "headers." + key,
                name,
                "the name of a header field");
    }

    private static void requireOther(String missing, String written, ConfigProblems problems) {
        problems.add(
                ROOT + "headers." + missing,
                null,
                "the name of a header field, because headers." + written
                        + " has one and neither says anything without the other");
    }

    private static @Nullable GeoDatabaseFile database(String path, ConfigProblems problems) {
        try {
            return GeoDatabaseFile.open(Path.of(path));
        } catch (InvalidPathException e) {
            problems.add(ROOT + "database", path, "the path of a file: " + e.getReason());
        } catch (IOException e) {
            problems.add(
                    ROOT + "database",
                    path,
                    "a readable MaxMind DB file of cities or countries like GeoLite2-City.mmdb, or no such key: "
                            + e.getMessage());
        }
        return null;
    }
}

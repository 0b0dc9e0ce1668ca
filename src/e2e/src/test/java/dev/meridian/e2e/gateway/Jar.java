package dev.meridian.e2e.gateway;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the packaged application is. */
final class Jar {

    private static final String PROPERTY = "meridian.jar";
    private static final Path BUILT = Path.of("gateway-app", "target", "meridian.jar");

    private Jar() {}

    /** What the system property names, else what the build has left in a directory above the working directory. */
    static Path find() {
        String named = System.getProperty(PROPERTY, "");
        if (!named.isBlank()) {
            return existing(Path.of(named));
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isRegularFile(at.resolve(BUILT))) {
                return at.resolve(BUILT);
            }
        }
        throw new IllegalStateException(
                BUILT + ": none (expected: here or above; build it with mvn -pl gateway-app -am package)");
    }

    private static Path existing(Path jar) {
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException(PROPERTY + ": " + jar + " (expected: the packaged gateway-app)");
        }
        return jar;
    }
}

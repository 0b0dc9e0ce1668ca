package dev.meridian.gateway;

import io.netty.util.Version;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootVersion;
import org.springframework.cloud.gateway.route.Route;

/**
 * The versions that matter when something is reported.
 *
 * @param meridian as the build named it
 */
record Versions(String meridian, String springCloudGateway, String springBoot, String netty, String java) {

    private static final String UNKNOWN = "unknown";

    /** Reads them from what is on the class path; nothing of Spring is started. */
    static Versions read() {
        Version netty = Version.identify(Versions.class.getClassLoader()).get("netty-common");
        return new Versions(
                orUnknown(buildInfo().getProperty("build.version")),
                orUnknown(Route.class.getPackage().getImplementationVersion()),
                SpringBootVersion.getVersion(),
                orUnknown(netty == null ? null : netty.artifactVersion()),
                Runtime.version().toString());
    }

    private static Properties buildInfo() {
        Properties buildInfo = new Properties();
        // Written by the Maven build; an IDE that compiles on its own has none.
        try (InputStream in = Versions.class.getResourceAsStream("/META-INF/build-info.properties")) {
            if (in != null) {
                buildInfo.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buildInfo;
    }

    private static String orUnknown(@Nullable String version) {
        return version == null ? UNKNOWN : version;
    }

    @Override
    public String toString() {
        return "meridian %s (Spring Cloud Gateway %s, Spring Boot %s, Netty %s, Java %s)"
                .formatted(meridian, springCloudGateway, springBoot, netty, java);
    }
}

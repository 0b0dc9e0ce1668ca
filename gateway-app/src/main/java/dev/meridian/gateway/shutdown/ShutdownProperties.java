package dev.meridian.gateway.shutdown;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What this package reads under {@code meridian}.
 *
 * @param shutdown what happens on SIGTERM
 */
@ConfigurationProperties("meridian")
public record ShutdownProperties(@DefaultValue Shutdown shutdown) {

    /**
     * Settings under {@code meridian.shutdown}.
     *
     * @param grace after readiness went off, new connections are still served for this long, until balancers have noticed;
     *     default 5s
     * @param drain after that, requests under way may take this long to end; default 60s
     */
    public record Shutdown(
            @DefaultValue("5s") Duration grace,
            @DefaultValue("60s") Duration drain) {}
}

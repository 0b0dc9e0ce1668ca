package dev.meridian.routes.exchange;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a route waits where it does not do as its upstream does; {@code null} where it does. */
public record RouteTimeouts(
        @Nullable Duration connect,
        @Nullable Duration tls,
        @Nullable Duration response,
        @Nullable Duration idle,
        @Nullable Duration total) {}

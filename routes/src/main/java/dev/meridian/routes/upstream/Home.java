package dev.meridian.routes.upstream;

import org.jspecify.annotations.Nullable;

/** Where this gateway runs, as far as its operator says. */
public record Home(@Nullable String region, @Nullable String zone) {

    /** Nothing is said. */
    public static final Home UNKNOWN = new Home(null, null);
}

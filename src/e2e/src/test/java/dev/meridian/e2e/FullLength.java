package dev.meridian.e2e;

import java.time.Duration;

/**
 * How long something is looked at that should be looked at for a minute: some seconds in each build, all of it with {@code
 * -Dmeridian.e2e.full-length=true}.
 */
final class FullLength {

    private static final boolean FULL = Boolean.getBoolean("meridian.e2e.full-length");

    private FullLength() {}

    /** @param shortened what is enough for a build */
    static Duration minute(Duration shortened) {
        return FULL ? Duration.ofMinutes(1) : shortened;
    }
}

package dev.meridian.routes.refresh;

import dev.meridian.routes.load.BadRoute;
import java.time.Instant;
import java.util.List;

/**
 * A configuration that came into effect.
 *
 * @param number 1 for the one that the gateway started with
 * @param hash of what was read: two configurations with the same one say the same
 * @param version that the config server gave it; empty where there is none
 * @param time when
 * @param cause what led to it, as {@code start}, {@code refresh} or {@code rollback to 3}
 * @param sources the property sources that it was read from
 * @param changes in which way it differs from the one before
 * @param quarantined routes that are bad in it
 */
public record ConfigSnapshot(
        int number,
        String hash,
        String version,
        Instant time,
        String cause,
        List<String> sources,
        List<Change> changes,
        List<BadRoute> quarantined) {

    public ConfigSnapshot {
        sources = List.copyOf(sources);
        changes = List.copyOf(changes);
        quarantined = List.copyOf(quarantined);
    }
}

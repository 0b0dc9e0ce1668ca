package dev.meridian.routes.archive;

import java.time.Instant;

/**
 * The gateway was started from the last good configuration, since what there was to read was not to be used.
 *
 * @param saved when that configuration was saved
 * @param reason why the one to be read was not used
 * @param heldAgainst hash of the configuration that it is held against; empty where it is not
 */
public record StartedFromLastGood(Instant saved, String reason, String heldAgainst) {}

package dev.meridian.routes.archive;

import java.time.Instant;

/**
 * The last configuration that was in effect with nothing wrong in it.
 *
 * @param saved when
 * @param heldAgainst hash of the configuration that it is held against after a rollback; empty where it is not
 */
public record LastGood(StoredConfig config, Instant saved, String heldAgainst) {}

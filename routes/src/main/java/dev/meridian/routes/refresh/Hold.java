package dev.meridian.routes.refresh;

/**
 * A configuration stays in effect until what is to be read says something else than it does now.
 *
 * @param snapshot the one that stays
 * @param against hash of what is to be read now, and is not used
 */
public record Hold(int snapshot, String against) {}

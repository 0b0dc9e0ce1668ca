package dev.meridian.routes.load;

/**
 * A route that could not be made of its definition.
 *
 * @param reason what is wrong with it
 * @param kept whether its last good version serves on; else there is no such route
 */
public record BadRoute(String id, String reason, boolean kept) {}

package dev.meridian.testkit.backend;

/**
 * How many connections a backend has seen.
 *
 * @param total how many were accepted since it was first started
 * @param open how many of them are open now
 */
public record Connections(int total, int open) {}

package dev.meridian.routes.definition;

/**
 * Marks a bean whose making checks settings and does nothing else, so that it can be made only to see what is wrong.
 * Settings records need no mark.
 */
public interface CheckedAtStart {}

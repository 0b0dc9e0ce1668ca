package dev.meridian.routes.regex;

import java.util.Set;

/**
 * A repeated group of an expression.
 *
 * @param prefix a text that leads up to it
 * @param bodies texts that it may match once
 */
record Repetition(String prefix, Set<String> bodies) {}

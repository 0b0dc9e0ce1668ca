/** A config server, and the repository that it serves. */
@NullMarked
package dev.meridian.e2e.configserver;

import org.jspecify.annotations.NullMarked;

/** Finds out which endpoints can be used: active checks, failures of real traffic, and the verdict of both. */
@NullMarked
package dev.meridian.routes.health;

import org.jspecify.annotations.NullMarked;

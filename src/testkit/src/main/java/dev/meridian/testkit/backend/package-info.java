/** Backends for tests that answer as scripted, misbehave as scripted, and record exactly what reached them. */
@NullMarked
package dev.meridian.testkit.backend;

import org.jspecify.annotations.NullMarked;

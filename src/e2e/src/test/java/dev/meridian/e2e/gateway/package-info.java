/** Starts the packaged gateway with a configuration of the test's, and looks at it from outside. */
@NullMarked
package dev.meridian.e2e.gateway;

import org.jspecify.annotations.NullMarked;

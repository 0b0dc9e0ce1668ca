/** Clocks that stand still until a test moves them. */
@NullMarked
package dev.meridian.testkit.time;

import org.jspecify.annotations.NullMarked;

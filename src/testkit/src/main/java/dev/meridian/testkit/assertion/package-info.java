/** Assertions on what the gateway says when something went wrong. */
@NullMarked
package dev.meridian.testkit.assertion;

import org.jspecify.annotations.NullMarked;

/** Random numbers that are the same in every run. */
@NullMarked
package dev.meridian.testkit.random;

import org.jspecify.annotations.NullMarked;

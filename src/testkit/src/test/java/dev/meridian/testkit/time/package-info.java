/** Tests of the package of the same name. */
@NullMarked
package dev.meridian.testkit.time;

import org.jspecify.annotations.NullMarked;

/** Tests of the package of the same name. */
@NullMarked
package dev.meridian.testkit.random;

import org.jspecify.annotations.NullMarked;

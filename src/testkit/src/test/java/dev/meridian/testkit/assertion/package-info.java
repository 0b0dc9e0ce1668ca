/** Tests of the package of the same name. */
@NullMarked
package dev.meridian.testkit.assertion;

import org.jspecify.annotations.NullMarked;

/** Tests of the package of the same name. */
@NullMarked
package dev.meridian.testkit.junit;

import org.jspecify.annotations.NullMarked;

/** Tests of the package of the same name. */
@NullMarked
package dev.meridian.testkit.geo;

import org.jspecify.annotations.NullMarked;

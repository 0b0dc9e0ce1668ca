/** Tests of the package of the same name. */
@NullMarked
package dev.meridian.testkit.backend;

import org.jspecify.annotations.NullMarked;

/** Tests of the package of the same name. */
@NullMarked
package dev.meridian.testkit.redis;

import org.jspecify.annotations.NullMarked;

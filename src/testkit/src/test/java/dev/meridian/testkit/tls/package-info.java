/** Tests of the package of the same name. */
@NullMarked
package dev.meridian.testkit.tls;

import org.jspecify.annotations.NullMarked;

/** Tests of the package of the same name. */
@NullMarked
package dev.meridian.testkit.client;

import org.jspecify.annotations.NullMarked;

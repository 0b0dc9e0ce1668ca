/** Finds everything that is wrong with a configuration before any of it takes effect. */
@NullMarked
package dev.meridian.routes.validate;

import org.jspecify.annotations.NullMarked;

/** Finds regular expressions with which a short request keeps a core busy for as long as it likes. */
@NullMarked
package dev.meridian.routes.regex;

import org.jspecify.annotations.NullMarked;

/** From a request to its route and the prepared filter chain of that route. */
@NullMarked
package dev.meridian.routes.match;

import org.jspecify.annotations.NullMarked;

/** Leaving without a lost request: not ready at once, served on for a while, then drained. */
@NullMarked
package dev.meridian.gateway.shutdown;

import org.jspecify.annotations.NullMarked;

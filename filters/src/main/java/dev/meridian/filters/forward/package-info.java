/** To the upstream and back: pooled connections, streaming both ways, and an end for every wait. */
@NullMarked
package dev.meridian.filters.forward;

import org.jspecify.annotations.NullMarked;

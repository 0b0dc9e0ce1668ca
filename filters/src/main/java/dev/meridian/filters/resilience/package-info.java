/** Decides what becomes of a request whose upstream has failed it. */
@NullMarked
package dev.meridian.filters.resilience;

import org.jspecify.annotations.NullMarked;

/** What a connection may cost before a request is routed: limits of size and time, and intact request bodies. */
@NullMarked
package dev.meridian.filters.guard;

import org.jspecify.annotations.NullMarked;

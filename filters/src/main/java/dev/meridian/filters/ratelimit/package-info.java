/** How much a client may ask for: limits that hold across all gateways, and what becomes of requests beyond them. */
@NullMarked
package dev.meridian.filters.ratelimit;

import org.jspecify.annotations.NullMarked;

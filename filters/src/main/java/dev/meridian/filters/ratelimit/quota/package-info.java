/**
 * How much of a quota is left: the algorithms of rate limits, plain and told the time. Windows are aligned to the epoch, so
 * that all who know the time agree on where one begins.
 */
@NullMarked
package dev.meridian.filters.ratelimit.quota;

import org.jspecify.annotations.NullMarked;

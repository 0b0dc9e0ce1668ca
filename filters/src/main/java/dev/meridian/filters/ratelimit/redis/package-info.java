/** Counting in Redis: scripts over pipelined connections, with a deadline each, and who else counts there. */
@NullMarked
package dev.meridian.filters.ratelimit.redis;

import org.jspecify.annotations.NullMarked;

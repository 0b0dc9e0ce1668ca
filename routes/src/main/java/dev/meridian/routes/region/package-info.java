/** Decides which region serves a request: priorities, weights, latency, distance, capacity, and who returns how fast. */
@NullMarked
package dev.meridian.routes.region;

import org.jspecify.annotations.NullMarked;

/** Circuit breakers: what fails too often, or is too slow, gets no more requests for a while. */
@NullMarked
package dev.meridian.routes.breaker;

import org.jspecify.annotations.NullMarked;

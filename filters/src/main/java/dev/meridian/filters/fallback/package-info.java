/** What a client gets in the place of an answer that the upstream did not give. */
@NullMarked
package dev.meridian.filters.fallback;

import org.jspecify.annotations.NullMarked;

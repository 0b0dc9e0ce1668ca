/** Hashes that every gateway computes alike. */
@NullMarked
package dev.meridian.routes.hash;

import org.jspecify.annotations.NullMarked;

/** Answers which way a request would go, and why, without sending it. */
@NullMarked
package dev.meridian.routes.explain;

import org.jspecify.annotations.NullMarked;

/** Named pools of endpoints that serve {@code lb://NAME}, held in one immutable snapshot. */
@NullMarked
package dev.meridian.routes.upstream;

import org.jspecify.annotations.NullMarked;

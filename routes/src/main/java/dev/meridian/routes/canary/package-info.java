/** Which route of a weighted group a request takes: by chance, or the same one for the same client. */
@NullMarked
package dev.meridian.routes.canary;

import org.jspecify.annotations.NullMarked;

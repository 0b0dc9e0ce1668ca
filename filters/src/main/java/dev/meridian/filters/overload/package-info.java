/** How many requests may be under way, to an upstream and altogether, and which of them are shed first. */
@NullMarked
package dev.meridian.filters.overload;

import org.jspecify.annotations.NullMarked;

/** W3C Trace Context: continued or started, and handed on. */
@NullMarked
package dev.meridian.filters.trace;

import org.jspecify.annotations.NullMarked;

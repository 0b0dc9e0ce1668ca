/** What happens to a request on its way, one package per capability. */
@NullMarked
package dev.meridian.filters;

import org.jspecify.annotations.NullMarked;

/** One line per request, written aside: the request never waits for it. */
@NullMarked
package dev.meridian.observability.accesslog;

import org.jspecify.annotations.NullMarked;

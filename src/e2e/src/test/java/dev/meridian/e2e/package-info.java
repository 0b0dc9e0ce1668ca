/** The packaged gateway as a process of its own, judged at both ends: what the client saw, what the backend recorded. */
@NullMarked
package dev.meridian.e2e;

import org.jspecify.annotations.NullMarked;

/** Backends as processes of their own, which can be killed, frozen and started again. */
@NullMarked
package dev.meridian.e2e.backend;

import org.jspecify.annotations.NullMarked;

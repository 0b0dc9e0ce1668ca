/** Decisions that pick an endpoint; plain Java, without threads or I/O. */
@NullMarked
package dev.meridian.routes.balance;

import org.jspecify.annotations.NullMarked;

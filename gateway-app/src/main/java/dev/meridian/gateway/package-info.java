/** The runnable application: its command line and its start. */
@NullMarked
package dev.meridian.gateway;

import org.jspecify.annotations.NullMarked;

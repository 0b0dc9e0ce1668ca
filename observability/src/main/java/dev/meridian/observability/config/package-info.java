/** What configuration is in effect, what a refresh changed, and why one was refused. */
@NullMarked
package dev.meridian.observability.config;

import org.jspecify.annotations.NullMarked;

/** What an operator can ask of the running gateway and order it to do, over the management port. */
@NullMarked
package dev.meridian.observability.endpoint;

import org.jspecify.annotations.NullMarked;

/** The end of an exchange, noticed once and told to all who want to know: the access log and the meters. */
@NullMarked
package dev.meridian.observability.exchange;

import org.jspecify.annotations.NullMarked;

/** An HTTP/2 client that sends and sees single frames. */
@NullMarked
package dev.meridian.e2e.h2;

import org.jspecify.annotations.NullMarked;

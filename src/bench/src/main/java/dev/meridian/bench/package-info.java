/** What the gateway's decisions and its whole way cost; run by hand, never as a test. */
@NullMarked
package dev.meridian.bench;

import org.jspecify.annotations.NullMarked;

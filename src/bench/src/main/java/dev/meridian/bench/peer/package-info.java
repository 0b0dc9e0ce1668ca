/** What the gateway is measured beside, in the same run. */
@NullMarked
package dev.meridian.bench.peer;

import org.jspecify.annotations.NullMarked;

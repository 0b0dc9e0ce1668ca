/** Load over real sockets that accounts for every single request. */
@NullMarked
package dev.meridian.e2e.load;

import org.jspecify.annotations.NullMarked;

/** The vocabulary that filters share: their order, the names of header fields, the keys of exchange attributes. */
@NullMarked
package dev.meridian.routes.exchange;

import org.jspecify.annotations.NullMarked;

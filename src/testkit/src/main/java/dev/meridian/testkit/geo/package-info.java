/** Databases of addresses and places, written for a test. */
@NullMarked
package dev.meridian.testkit.geo;

import org.jspecify.annotations.NullMarked;

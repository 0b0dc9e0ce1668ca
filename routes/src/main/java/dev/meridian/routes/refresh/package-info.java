/** A changed configuration is read and checked as a whole beside the running one, and then takes its place at once. */
@NullMarked
package dev.meridian.routes.refresh;

import org.jspecify.annotations.NullMarked;

/** Route definitions become routes: only what has changed is made anew, and what is bad is kept from doing harm. */
@NullMarked
package dev.meridian.routes.load;

import org.jspecify.annotations.NullMarked;

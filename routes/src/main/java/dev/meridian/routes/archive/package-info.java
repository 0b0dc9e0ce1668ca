/** The configuration as it was read: kept to go back to, and on disk to start from when it cannot be read any more. */
@NullMarked
package dev.meridian.routes.archive;

import org.jspecify.annotations.NullMarked;

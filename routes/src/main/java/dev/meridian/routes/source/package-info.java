/** Where the configuration is read from: whether it has changed since, asked cheaply and again and again. */
@NullMarked
package dev.meridian.routes.source;

import org.jspecify.annotations.NullMarked;

/** Endpoints of services that no upstream names, from any discovery client on the class path. */
@NullMarked
package dev.meridian.routes.discovery;

import org.jspecify.annotations.NullMarked;

/**
 * Between the HTTP server and the filters: the exchange and its response without what a gateway does not need of a web
 * framework, and the way straight to the routes.
 */
@NullMarked
package dev.meridian.filters.server;

import org.jspecify.annotations.NullMarked;

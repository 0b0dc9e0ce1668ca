/** Where on the earth a request's client is, told by trusted proxies or by a database of addresses. */
@NullMarked
package dev.meridian.routes.geo;

import org.jspecify.annotations.NullMarked;

/** Where a request goes: route, upstream, region, endpoint; this package wires the parts together. */
@NullMarked
package dev.meridian.routes;

import org.jspecify.annotations.NullMarked;

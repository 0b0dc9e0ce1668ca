/** The demo: three regions of HTTP backends in this process, so that the gateway can be tried alone. */
@NullMarked
package dev.meridian.gateway.demo;

import org.jspecify.annotations.NullMarked;

/** Who the client is: its address behind trusted proxies, and what the upstream is told about it. */
@NullMarked
package dev.meridian.filters.client;

import org.jspecify.annotations.NullMarked;

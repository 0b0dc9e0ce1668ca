/** What a client sees when the gateway itself has to answer: problem+json and Proxy-Status. */
@NullMarked
package dev.meridian.filters.problem;

import org.jspecify.annotations.NullMarked;

/** What an HTTP/1.1 message is on the wire, read strictly, for the backends and for the client of the tests. */
@NullMarked
package dev.meridian.testkit.http;

import org.jspecify.annotations.NullMarked;

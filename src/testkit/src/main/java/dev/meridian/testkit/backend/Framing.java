package dev.meridian.testkit.backend;

import dev.meridian.testkit.http.Headers;
import dev.meridian.testkit.http.MalformedMessageException;
import java.util.List;

/**
 * Where a request's body ends.
 *
 * @param chunked whether the body is chunked
 * @param length the body's length in bytes when it is not chunked
 */
record Framing(boolean chunked, long length) {

    /** Whether there is no body, so that the message ends with its head. */
    boolean none() {
        return !chunked && length == 0;
    }

    /**
     * As RFC 9112 section 6.3 has it for a server that takes no risk: whatever two readers could understand in two ways
     * is refused, since that is what request smuggling is made of.
     */
    static Framing of(Headers headers) {
        List<String> lengths = headers.all("Content-Length");
        List<String> codings = headers.all("Transfer-Encoding");
        if (!codings.isEmpty() && !lengths.isEmpty()) {
            throw new MalformedMessageException(
                    "Transfer-Encoding: " + codings + " with Content-Length: " + lengths + " (expected: one of them)");
        }
        if (!codings.isEmpty()) {
            if (codings.size() != 1 || !codings.get(0).equalsIgnoreCase("chunked")) {
                throw new MalformedMessageException("Transfer-Encoding: " + codings + " (expected: chunked)");
            }
            return new Framing(true, 0);
        }
        if (lengths.isEmpty()) {
            return new Framing(false, 0);
        }
        if (lengths.size() != 1 || !lengths.get(0).matches("[0-9]{1,18}")) {
            throw new MalformedMessageException("Content-Length: " + lengths + " (expected: one number)");
        }
        return new Framing(false, Long.parseLong(lengths.get(0)));
    }
}

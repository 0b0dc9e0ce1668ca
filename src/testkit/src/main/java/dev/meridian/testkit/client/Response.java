package dev.meridian.testkit.client;

import dev.meridian.testkit.http.Body;
import dev.meridian.testkit.http.Head;
import dev.meridian.testkit.http.Headers;
import java.util.List;

/**
 * A response as {@link RawClient} received it, or as far as it did.
 *
 * @param interim the 1xx responses before it
 * @param head the status line and the header fields
 * @param body the body as far as it came; its first 1 MB is kept
 * @param trailers the trailer fields
 * @param complete whether the body came to the end that its head announced; false when the transfer broke off
 */
public record Response(List<Head> interim, Head head, Body body, Headers trailers, boolean complete) {

    /** The status code. */
    public int status() {
        return head.status();
    }

    /** The header fields in their order. */
    public Headers headers() {
        return head.headers();
    }

    /** The codes of the 1xx responses before it. */
    public List<Integer> interimStatuses() {
        return interim.stream().map(Head::status).toList();
    }

    /** The whole response in the form that all clients share. */
    public Answer answer() {
        return new Answer(status(), headers(), body.bytes());
    }

    @Override
    public String toString() {
        return head.startLine() + " " + headers() + (complete ? "" : " BROKEN OFF") + "\n" + body;
    }
}

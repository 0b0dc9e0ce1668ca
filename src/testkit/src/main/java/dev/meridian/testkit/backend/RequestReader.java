package dev.meridian.testkit.backend;

import dev.meridian.testkit.http.Capture;
import dev.meridian.testkit.http.Head;
import dev.meridian.testkit.http.Headers;
import dev.meridian.testkit.http.MalformedMessageException;
import dev.meridian.testkit.http.MessageReader;
import dev.meridian.testkit.http.WireInput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the requests of one connection, one after the other. Belongs to that connection's thread. */
final class RequestReader {

    private final WireInput in;
    private final MessageReader messages;
    private final long connection;

    RequestReader(WireInput in, long connection) {
        this.in = in;
        this.messages = new MessageReader(in);
        this.connection = connection;
    }

    /** The next request, its head only; null when the connection ended before it. */
    @Nullable
    Recorded head() throws IOException {
        Capture raw = new Capture(Recorded.KEPT_BYTES);
        in.tap(raw);
        Head head = messages.head();
        if (head == null) {
            return null;
        }
        String[] words = head.startLine().split(" ", -1);
        if (words.length != 3
                || !MessageReader.isToken(words[0])
                || words[1].isEmpty()
                || !words[2].matches("HTTP/1\\.[01]")) {
            throw new MalformedMessageException(
                    "request line: " + head.startLine() + " (expected: method target HTTP/1.x)");
        }
        Headers headers = head.headers();
        if (words[2].equals("HTTP/1.1") && headers.all("Host").size() != 1) {
            throw new MalformedMessageException("Host: " + headers.all("Host") + " (expected: one)");
        }
        Recorded request = new Recorded(connection, words[0], words[1], words[2], headers, Framing.of(headers), raw);
        if (request.framing().none()) {
            request.completed(Headers.none());
        }
        return request;
    }

    /** Reads the rest of {@code request}; does nothing when it has been read. */
    void body(Recorded request) throws IOException {
        if (request.state() != Recorded.State.ARRIVING) {
            return;
        }
        try {
            Framing framing = request.framing();
            if (framing.chunked()) {
                request.completed(messages.chunked(request.collector()));
            } else {
                messages.fixed(framing.length(), request.collector());
                request.completed(Headers.none());
            }
        } finally {
            request.brokenUnlessComplete();
        }
    }

    /** Whether the peer has sent anything after what was read; false when it closed. */
    boolean more() throws IOException {
        return in.available();
    }

    boolean buffered() {
        return in.buffered();
    }

    /** Reads and drops whatever comes until the peer closes. */
    void drain() throws IOException {
        int next;
        do {
            next = in.read();
        } while (next >= 0);
    }
}

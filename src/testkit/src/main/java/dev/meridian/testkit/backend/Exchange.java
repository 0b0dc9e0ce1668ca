package dev.meridian.testkit.backend;

import dev.meridian.testkit.http.BrokenOffException;
import dev.meridian.testkit.http.Header;
import dev.meridian.testkit.http.Headers;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a {@link Behaviour} answers with. It belongs to the connection's thread. Every method that waits or writes throws
 * when the peer has closed or the backend is stopped, which ends the behaviour.
 */
public final class Exchange {

    private static final Headers LINK = Headers.of("Link", "</style.css>; rel=preload; as=style");

    private final Socket socket;
    private final OutputStream out;
    private final RequestReader reader;
    private final Recorded request;
    private final CountDownLatch stopped;

    Exchange(Socket socket, OutputStream out, RequestReader reader, Recorded request, CountDownLatch stopped) {
        this.socket = socket;
        this.out = out;
        this.reader = reader;
        this.request = request;
        this.stopped = stopped;
    }

    /** Reads what is left of the request's body; does nothing when it has been read. */
    public void readBody() throws IOException {
        out.flush();
        reader.body(request);
    }

    /** Sends an interim response at once; 103 carries a {@code Link} header. */
    public void interim(int status) throws IOException {
        head(status, status == 103 ? LINK : Headers.none());
        out.flush();
    }

    /** Writes the status line and the given fields, and nothing of its own. */
    public void head(int status, Headers headers) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " " + Reason.of(status) + "\r\n");
        for (Header header : headers) {
            head.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        raw(head.append("\r\n").toString());
    }

    /** A whole answer; adds {@code Content-Length} unless {@code headers} frame the body, or there can be none. */
    public void answer(int status, Headers headers, byte[] body) throws IOException {
        boolean framed = headers.has("Content-Length") || headers.has("Transfer-Encoding");
        boolean bodiless = status == 204 || status == 304;
        head(status, framed || bodiless ? headers : headers.with("Content-Length", Integer.toString(body.length)));
        if (!bodiless) {
            write(body);
        }
        out.flush();
    }

    /** A part of a body of known length; not sent in answer to HEAD. */
    public void write(byte[] part) throws IOException {
        write(part, 0, part.length);
    }

    /** A part of a body of known length: {@code length} bytes from {@code offset} on; not sent in answer to HEAD. */
    public void write(byte[] from, int offset, int length) throws IOException {
        if (bodyWanted()) {
            out.write(from, offset, length);
        }
    }

    /** Sends one chunk at once; nothing is sent in answer to HEAD. */
    public void chunk(byte[] part) throws IOException {
        if (bodyWanted() && part.length > 0) {
            raw(Integer.toHexString(part.length) + "\r\n");
            out.write(part);
            raw("\r\n");
        }
        out.flush();
    }

    /** Ends a chunked body. */
    public void lastChunk(Headers trailers) throws IOException {
        if (bodyWanted()) {
            StringBuilder end = new StringBuilder("0\r\n");
            trailers.forEach(field ->
                    end.append(field.name()).append(": ").append(field.value()).append("\r\n"));
            raw(end.append("\r\n").toString());
        }
        out.flush();
    }

    /** Writes bytes as they are, whatever the request was. */
    public void raw(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /** Writes characters as they are, as ISO 8859-1. */
    public void raw(String text) throws IOException {
        raw(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends what has been written so far. */
    public void flush() throws IOException {
        out.flush();
    }

    /** Sends what has been written so far, and waits; ends early, by throwing, when the peer closes. */
    public void pause(Duration time) throws IOException {
        out.flush();
        long deadline = System.nanoTime() + time.toNanos();
        try {
            for (long left = time.toNanos(); left > 0; left = deadline - System.nanoTime()) {
                if (reader.buffered()) {
                    // The peer has sent more than was asked for; behind that its close cannot be seen.
                    if (stopped.await(left, TimeUnit.NANOSECONDS)) {
                        throw new BrokenOffException("backend stopped");
                    }
                } else {
                    awaitInput(left);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokenOffException("interrupted");
        }
    }

    private void awaitInput(long nanos) throws IOException {
        socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(nanos) + 1));
        try {
            if (!reader.more()) {
                throw new BrokenOffException("by the peer, before the answer was complete");
            }
        } catch (SocketTimeoutException e) {
            // The peer kept still all the time, as it should.
        } finally {
            socket.setSoTimeout(0);
        }
    }

    /** Reads and drops whatever comes, and returns when the peer has closed. */
    public void awaitPeerClosed() throws IOException {
        readBody();
        reader.drain();
    }

    /** Sends what has been written so far and closes the connection. */
    public void close() throws IOException {
        out.flush();
        socket.close();
    }

    /** Closes the connection with a TCP reset. */
    public void reset() throws IOException {
        out.flush();
        socket.setSoLinger(true, 0);
        socket.close();
    }

    boolean closed() {
        return socket.isClosed();
    }

    private boolean bodyWanted() {
        return !request.method().equals("HEAD");
    }
}

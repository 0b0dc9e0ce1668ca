package dev.meridian.testkit.backend;

import dev.meridian.testkit.http.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How a {@link Backend} answers a request. The ready-made ones compose: {@code after(ofMillis(50), chunked(...))}. A
 * behaviour is shared by all connections, so it must be thread-safe. When it returns, the connection goes on to the next
 * request unless the behaviour has closed it.
 */
@FunctionalInterface
public interface Behaviour {

    /** Answers {@code request}; an exception ends the connection. */
    void handle(Recorded request, Exchange out) throws IOException;

    /** Whether it runs when the head of {@code request} came; otherwise it runs when the body has been read as well. */
    default boolean atHead(Recorded request) {
        return false;
    }

    /** {@code then}, as soon as the head came and before the body is read. */
    static Behaviour atHead(Behaviour then) {
        return new AtHead(then);
    }

    // ---- answers

    /** A text. */
    static Behaviour answer(int status, String body) {
        return answer(status, Headers.of("Content-Type", "text/plain;charset=UTF-8"), body);
    }

    /** A text with the given header fields and, where they do not frame it, a {@code Content-Length}. */
    static Behaviour answer(int status, Headers headers, String body) {
        return answer(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    /** A body with the given header fields and, where they do not frame it, a {@code Content-Length}. */
    static Behaviour answer(int status, Headers headers, byte[] body) {
        byte[] copy = body.clone();
        return (request, out) -> out.answer(status, headers, copy);
    }

    /**
     * The request as JSON: {@code method}, {@code target}, {@code version}, {@code headers} (lists of values by name in
     * lower case), {@code trailers} likewise, {@code body} (null when larger than 64 KB), {@code length} in bytes,
     * {@code sha256}, and {@code connection}, the number of the backend's connection.
     */
    static Behaviour echo() {
        return new Echo();
    }

    // ---- composition

    /** {@code then}, {@code delay} later. */
    static Behaviour after(Duration delay, Behaviour then) {
        return Wrapped.around(then, (request, out) -> {
            out.pause(delay);
            then.handle(request, out);
        });
    }

    /**
     * By the target's path: an exact one first, then the longest key with {@code *} at its end that starts like it, else
     * 404.
     */
    static Behaviour byPath(Map<String, Behaviour> behaviours) {
        return new ByPath(behaviours);
    }

    /** The first for the first request, and so on; the last for all further ones. Counts over all connections. */
    static Behaviour inTurn(Behaviour... behaviours) {
        return new InTurn(List.of(behaviours));
    }

    /** Interim responses with these codes, then {@code then}; 103 carries a {@code Link} header. */
    static Behaviour interim(List<Integer> codes, Behaviour then) {
        List<Integer> copy = List.copyOf(codes);
        return Wrapped.around(then, (request, out) -> {
            for (int code : copy) {
                out.interim(code);
            }
            then.handle(request, out);
        });
    }

    /** Sends 100 before it reads the body, whether or not that was expected, then {@code then}. */
    static Behaviour continueThen(Behaviour then) {
        return atHead((request, out) -> {
            out.interim(100);
            out.readBody();
            then.handle(request, out);
        });
    }

    /** Reads the body without ever sending 100, even when that is expected, then {@code then}. */
    static Behaviour withoutContinue(Behaviour then) {
        return atHead((request, out) -> {
            out.readBody();
            then.handle(request, out);
        });
    }

    /** {@code then}, and closes the socket at once, without having said {@code Connection: close}. */
    static Behaviour closeAfter(Behaviour then) {
        return Wrapped.around(then, (request, out) -> {
            then.handle(request, out);
            if (!out.closed()) {
                out.close();
            }
        });
    }

    // ---- streams

    /** The pieces as chunks, with a time between each and the next. */
    static Behaviour chunked(List<String> pieces, Duration between) {
        return Streams.chunked(pieces, between, true);
    }

    /** The pieces as chunks, then the connection is closed where the last chunk should have been. */
    static Behaviour chunkedCut(List<String> pieces, Duration between) {
        return Streams.chunked(pieces, between, false);
    }

    /** So many events with {@code id} and {@code data}, the first one at once; {@link Integer#MAX_VALUE} never ends. */
    static Behaviour serverSentEvents(int count, Duration between) {
        return Streams.serverSentEvents(count, between);
    }

    /** A body of {@link dev.meridian.testkit.http.RepeatingBytes} with a {@code Content-Length}, in constant memory. */
    static Behaviour large(long bytes) {
        return Streams.large(bytes);
    }

    /** A body of so many bytes with a {@code Content-Length} that comes at so many bytes per second. */
    static Behaviour slowDrip(int bytes, int perSecond) {
        return Streams.slowDrip(bytes, perSecond);
    }

    /** A chunked body with trailer fields, which its {@code Trailer} header names. */
    static Behaviour trailers(String body, Map<String, String> fields) {
        return Streams.trailers(body, fields);
    }

    // ---- faults

    /** Declares {@code declared} bytes, sends {@code sent} of them and closes. */
    static Behaviour halfBody(int declared, int sent) {
        return Faults.halfBody(declared, sent);
    }

    /** A TCP reset instead of an answer. */
    static Behaviour reset() {
        return (request, out) -> out.reset();
    }

    /** The head of an answer that declares a body, then a TCP reset. */
    static Behaviour resetAfterHeaders() {
        return Faults.resetAfterHeaders();
    }

    /** Closes the connection instead of answering. */
    static Behaviour closeWithoutAnswer() {
        return (request, out) -> out.close();
    }

    /** Reads everything and never answers, until the peer closes. */
    static Behaviour blackHole() {
        return (request, out) -> {
            out.awaitPeerClosed();
            out.close();
        };
    }

    /** Answers as soon as the head came; the body is then read to its end, if the peer goes on sending it. */
    static Behaviour refuseBody(int status) {
        return atHead(answer(status, "refused"));
    }

    /** Answers as soon as the head came, with {@code Connection: close}, and closes without having read the body. */
    static Behaviour refuseBodyAndClose(int status) {
        return atHead(closeAfter(answer(status, Headers.of("Connection", "close"), "refused")));
    }

    /** Bytes that are no HTTP, then closes. */
    static Behaviour notHttp() {
        return closeAfter(raw("220 mail.example ESMTP ready\r\n\u0000\u0001\u00ff\u00fe\r\n\r\n"
                .getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** An answer with a header field whose name is none. */
    static Behaviour badHeader() {
        return raw("HTTP/1.1 200 OK\r\nBad Name\u0001: value\r\nContent-Length: 2\r\n\r\nok"
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    /** 200 with a small body, and closes the socket at once, without having said {@code Connection: close}. */
    static Behaviour closeAfterAnswer() {
        return closeAfter(answer(200, "last words"));
    }

    /** These bytes as they are; the connection stays open. */
    static Behaviour raw(byte[] bytes) {
        byte[] copy = bytes.clone();
        return (request, out) -> {
            out.raw(copy);
            out.flush();
        };
    }
}

package dev.meridian.testkit.backend;

import dev.meridian.testkit.http.Header;
import dev.meridian.testkit.http.Headers;
import dev.meridian.testkit.http.RepeatingBytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Behaviours whose answers come piece by piece. */
final class Streams {

    /** Faster drips come in clumps: a wait shorter than this is not kept by the operating system anyway. */
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(10);

    private static final Headers CHUNKED = Headers.of("Content-Type", "text/plain", "Transfer-Encoding", "chunked");

    private Streams() {}

    static Behaviour chunked(List<String> pieces, Duration between, boolean whole) {
        List<String> copy = List.copyOf(pieces);
        return (request, out) -> {
            out.head(200, CHUNKED);
            for (int i = 0; i < copy.size(); i++) {
                if (i > 0) {
                    out.pause(between);
                }
                out.chunk(copy.get(i).getBytes(StandardCharsets.UTF_8));
            }
            if (whole) {
                out.lastChunk(Headers.none());
            } else {
                out.close();
            }
        };
    }

    static Behaviour serverSentEvents(int count, Duration between) {
        return (request, out) -> {
            out.head(
                    200,
                    Headers.of(
                            "Content-Type", "text/event-stream",
                            "Cache-Control", "no-store",
                            "Transfer-Encoding", "chunked"));
            for (int i = 0; i < count; i++) {
                if (i > 0) {
                    out.pause(between);
                }
                out.chunk(("id: " + i + "\ndata: event " + i + "\n\n").getBytes(StandardCharsets.UTF_8));
            }
            out.lastChunk(Headers.none());
        };
    }

    static Behaviour large(long bytes) {
        return (request, out) -> {
            out.head(200, sized(bytes));
            RepeatingBytes.write(to(out), bytes);
        };
    }

    static Behaviour slowDrip(int bytes, int perSecond) {
        long tick = Math.max(SHORTEST_WAIT.toNanos(), Duration.ofSeconds(1).toNanos() / perSecond);
        int clump = Math.max(1, (int) (perSecond * tick / Duration.ofSeconds(1).toNanos()));
        return (request, out) -> {
            out.head(200, sized(bytes));
            byte[] body = RepeatingBytes.bytes(bytes);
            for (int at = 0; at < bytes; at += clump) {
                out.pause(Duration.ofNanos(tick));
                out.write(body, at, Math.min(clump, bytes - at));
            }
        };
    }

    static Behaviour trailers(String body, Map<String, String> fields) {
        Headers trailers = Headers.of(fields.entrySet().stream()
                .map(field -> new Header(field.getKey(), field.getValue()))
                .toList());
        return (request, out) -> {
            out.head(200, CHUNKED.with("Trailer", String.join(", ", trailers.names())));
            out.chunk(body.getBytes(StandardCharsets.UTF_8));
            out.lastChunk(trailers);
        };
    }

    private static Headers sized(long bytes) {
        return Headers.of("Content-Type", "application/octet-stream", "Content-Length", Long.toString(bytes));
    }

    private static OutputStream to(Exchange out) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                out.write(new byte[] {(byte) b});
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                out.write(from, offset, length);
            }
        };
    }
}

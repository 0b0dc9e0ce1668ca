package dev.meridian.e2e.h2;

import dev.meridian.testkit.http.Header;
import dev.meridian.testkit.http.Headers;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** One stream: its events come in their order, one at a time. */
public final class H2Stream {

    private static final Duration WAIT = Duration.ofSeconds(10);

    private final H2Client client;
    private final Http2FrameStream stream;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    /** What the server sends on a stream. */
    public sealed interface Event {}

    /** A block of fields: a head, or trailers. */
    public record Fields(Headers headers, boolean end) implements Event {
        /** The status of a head. */
        public int status() {
            return Integer.parseInt(headers.first(":status").orElse("0"));
        }
    }

    /** Part of a body. */
    public record Data(byte[] bytes, boolean end) implements Event {}

    /** RST_STREAM. */
    public record Reset(long error) implements Event {}

    /** The connection is gone. */
    public record Closed(String why) implements Event {}

    /**
     * A whole response.
     *
     * @param ended how it ended: null with END_STREAM, else the event that cut it off
     */
    public record Response(
            Fields head,
            byte[] body,
            Headers trailers,
            @org.jspecify.annotations.Nullable Event ended) {

        /** The body as UTF-8. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    H2Stream(H2Client client, Http2FrameStream stream) {
        this.client = client;
        this.stream = stream;
        client.register(stream, this);
    }

    /** Sends the head; more fields as names and values in turn, names in lower case. */
    public H2Stream headers(String method, String path, boolean end, String... more) {
        Http2Headers headers = new DefaultHttp2Headers()
                .method(method)
                .scheme(client.scheme())
                .authority("shop.example")
                .path(path);
        for (int i = 0; i < more.length; i += 2) {
            headers.add(more[i], more[i + 1]);
        }
        client.channel()
                .writeAndFlush(new DefaultHttp2HeadersFrame(headers, end).stream(stream))
                .syncUninterruptibly();
        return this;
    }

    /** Sends trailer fields, the end of the request. */
    public H2Stream trailers(String... fields) {
        Http2Headers headers = new DefaultHttp2Headers();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        client.channel()
                .writeAndFlush(new DefaultHttp2HeadersFrame(headers, true).stream(stream))
                .syncUninterruptibly();
        return this;
    }

    /** Sends part of the body, as soon as the server's window lets it; does not wait for that. */
    public H2Stream data(byte[] bytes, boolean end) {
        client.channel().writeAndFlush(new DefaultHttp2DataFrame(H2Client.buffer(bytes), end).stream(stream));
        return this;
    }

    /** Sends part of the body as text. */
    public H2Stream data(String text, boolean end) {
        return data(text.getBytes(StandardCharsets.UTF_8), end);
    }

    /** Sends RST_STREAM. */
    public void reset(Http2Error error) {
        client.channel()
                .writeAndFlush(new DefaultHttp2ResetFrame(error).stream(stream))
                .syncUninterruptibly();
    }

    /** The next event. */
    public Event next() {
        return H2Client.take(events, WAIT, "frame");
    }

    /** The next event, which is a block of fields. */
    public Fields nextFields() {
        Event event = next();
        if (event instanceof Fields fields) {
            return fields;
        }
        throw new AssertionError("frame: " + event + " (expected: HEADERS)");
    }

    /** Fails when anything comes within this time. */
    public void expectSilence(Duration during) {
        try {
            Event event = events.poll(during.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
            if (event != null) {
                throw new AssertionError("frame: " + event + " (expected: none)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Everything up to the stream's end, however it ends. */
    public Response response() {
        Fields head = nextFields();
        return head.end() ? new Response(head, new byte[0], Headers.none(), null) : rest(head);
    }

    /** What follows a head. */
    public Response rest(Fields head) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            Event event = next();
            if (event instanceof Data data) {
                body.writeBytes(data.bytes());
                if (data.end()) {
                    return new Response(head, body.toByteArray(), Headers.none(), null);
                }
            } else if (event instanceof Fields trailers) {
                return new Response(head, body.toByteArray(), trailers.headers(), null);
            } else {
                return new Response(head, body.toByteArray(), Headers.none(), event);
            }
        }
    }

    void onHeaders(Http2Headers headers, boolean end) {
        List<Header> fields = new ArrayList<>();
        headers.forEach(field -> fields.add(
                new Header(field.getKey().toString(), field.getValue().toString())));
        events.add(new Fields(Headers.of(fields), end));
    }

    void onData(byte[] bytes, boolean end) {
        events.add(new Data(bytes, end));
    }

    void onReset(long error) {
        events.add(new Reset(error));
    }

    void onClosed(String why) {
        events.add(new Closed(why));
    }
}

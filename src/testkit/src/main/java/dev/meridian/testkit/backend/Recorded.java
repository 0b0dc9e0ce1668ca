package dev.meridian.testkit.backend;

import dev.meridian.testkit.http.Body;
import dev.meridian.testkit.http.BodyCollector;
import dev.meridian.testkit.http.Capture;
import dev.meridian.testkit.http.Headers;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A request as a backend received it, or as far as it did. Thread-safe; the body grows while it arrives. */
public final class Recorded {

    /** Where the receiving of a request stands. */
    public enum State {
        /** The head came, the body is not known to have ended. */
        ARRIVING,
        /** The whole message came. */
        COMPLETE,
        /** The connection ended, or what came was no HTTP, before the message was complete. */
        BROKEN
    }

    /** How many bytes of a body, and of a message as it came, are kept. */
    static final int KEPT_BYTES = 64 * 1024;

    private final long connection;
    private final String method;
    private final String target;
    private final String version;
    private final Headers headers;
    private final Framing framing;
    private final Capture raw;
    private final long arrivedNanos = System.nanoTime();
    private final BodyCollector body = new BodyCollector(KEPT_BYTES);
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile Headers trailers = Headers.none();
    private volatile State state = State.ARRIVING;

    Recorded(
            long connection,
            String method,
            String target,
            String version,
            Headers headers,
            Framing framing,
            Capture raw) {
        this.connection = connection;
        this.method = method;
        this.target = target;
        this.version = version;
        this.headers = headers;
        this.framing = framing;
        this.raw = raw;
    }

    /** The number of the connection it came on, see {@link ConnectionRecord#id()}. */
    public long connection() {
        return connection;
    }

    /** The method. */
    public String method() {
        return method;
    }

    /** The target exactly as in the request line. */
    public String target() {
        return target;
    }

    /** The target up to its query. */
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** {@code HTTP/1.1} or {@code HTTP/1.0}. */
    public String version() {
        return version;
    }

    /** The header fields in their order, names as sent. */
    public Headers headers() {
        return headers;
    }

    /** The body as far as it has come; its first 64 KB are kept. */
    public Body body() {
        return body.snapshot();
    }

    /** The trailer fields, none before the message is complete. */
    public Headers trailers() {
        return trailers;
    }

    /** Whether the whole message came: all bytes of its length, or the last chunk. */
    public boolean complete() {
        return state == State.COMPLETE;
    }

    /** Where the receiving stands. */
    public State state() {
        return state;
    }

    /** The message's bytes as they came, head and framing included: the first 64 KB. */
    public byte[] raw() {
        return raw.kept();
    }

    /** When the head had come, as {@link System#nanoTime()}. */
    public long arrivedNanos() {
        return arrivedNanos;
    }

    /** Waits until the message is complete or has broken off, and fails when that takes longer than {@code most}. */
    public Recorded awaitEnd(Duration most) {
        try {
            if (!end.await(most.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new AssertionError("request " + this + " (expected: its end within " + most + ")");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the end of " + this, e);
        }
        return this;
    }

    boolean expectsContinue() {
        return headers.first("Expect").filter("100-continue"::equalsIgnoreCase).isPresent();
    }

    boolean wantsClose() {
        return version.equals("HTTP/1.0")
                || headers.first("Connection").filter("close"::equalsIgnoreCase).isPresent();
    }

    Framing framing() {
        return framing;
    }

    BodyCollector collector() {
        return body;
    }

    void completed(Headers withTrailers) {
        trailers = withTrailers;
        state = State.COMPLETE;
        end.countDown();
    }

    void brokenUnlessComplete() {
        if (state == State.ARRIVING) {
            state = State.BROKEN;
            end.countDown();
        }
    }

    @Override
    public String toString() {
        return method + " " + target + " " + headers + ", " + state + ", body " + body();
    }
}

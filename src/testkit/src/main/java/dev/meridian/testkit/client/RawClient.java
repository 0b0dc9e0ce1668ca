package dev.meridian.testkit.client;

import dev.meridian.testkit.http.BodyCollector;
import dev.meridian.testkit.http.BrokenOffException;
import dev.meridian.testkit.http.Head;
import dev.meridian.testkit.http.Headers;
import dev.meridian.testkit.http.MalformedMessageException;
import dev.meridian.testkit.http.MessageReader;
import dev.meridian.testkit.http.RepeatingBytes;
import dev.meridian.testkit.http.WireInput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;

/**
 * A client over a socket that sends exactly the bytes it is given and reads strictly. Each reading method has a deadline
 * for all it does. I/O errors come as {@link UncheckedIOException}, a missed deadline as one with a
 * {@link SocketTimeoutException}. One thread may send while another one reads.
 */
public final class RawClient implements AutoCloseable {

    /** How many bytes of a response's body are kept. */
    private static final int KEPT_BYTES = 1024 * 1024;

    /** The clump in which a throttled client reads. */
    private static final Duration THROTTLE_TICK = Duration.ofMillis(20);

    private final Socket tcp;
    private final Socket socket;
    private final OutputStream out;
    private final WireInput in;
    private final MessageReader reader;
    private volatile Duration deadline = Duration.ofSeconds(10);
    private volatile int bytesPerSecond;
    private long deadlineNanos;

    private RawClient(Endpoint endpoint) throws IOException {
        this.tcp = new Socket();
        try {
            tcp.setTcpNoDelay(true);
            if (endpoint.receiveBuffer() > 0) {
                // Before the connect: the window is negotiated there.
                tcp.setReceiveBufferSize(endpoint.receiveBuffer());
            }
            tcp.connect(endpoint.address(), (int) deadline.toMillis());
            tcp.setSoTimeout((int) deadline.toMillis());
            this.socket = Tls.over(tcp, endpoint);
            this.out = socket.getOutputStream();
        } catch (IOException | RuntimeException e) {
            tcp.close();
            throw e;
        }
        this.in = new WireInput(this::read);
        this.reader = new MessageReader(in);
    }

    /** Plain TCP to {@code port} of {@code 127.0.0.1}. */
    public static RawClient connect(int port) {
        return connect(Endpoint.loopback(port));
    }

    /** Connects, and shakes hands when the endpoint has TLS. */
    public static RawClient connect(Endpoint endpoint) {
        return unchecked(() -> new RawClient(endpoint));
    }

    /** From now on each reading method may take so long; 10 s at first. */
    public RawClient deadline(Duration most) {
        deadline = most;
        return this;
    }

    /** From now on reads at most so many bytes per second, so that the sender meets a full window; 0 for all there is. */
    public RawClient throttle(int toBytesPerSecond) {
        bytesPerSecond = toBytesPerSecond;
        return this;
    }

    // ---- sending

    /** Sends these bytes. */
    public RawClient send(byte[] bytes) {
        return unchecked(() -> {
            out.write(bytes);
            out.flush();
            return this;
        });
    }

    /** Sends these characters as ISO 8859-1; line ends are to be written as {@code \r\n}. */
    public RawClient send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends so many bytes of {@link RepeatingBytes}. */
    public RawClient sendRepeating(long bytes) {
        return unchecked(() -> {
            RepeatingBytes.write(out, bytes);
            out.flush();
            return this;
        });
    }

    /** Sends {@code GET target} with a {@code Host} header and nothing else. */
    public RawClient get(String target) {
        return send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    /** Sends the bytes one by one with a wait after each, as a slow or hostile client does. */
    public RawClient drip(String text, Duration between) {
        for (byte one : text.getBytes(StandardCharsets.ISO_8859_1)) {
            send(new byte[] {one});
            pause(between.toNanos());
        }
        return this;
    }

    /** Says that nothing more will be sent, and still reads. */
    public RawClient halfClose() {
        return unchecked(() -> {
            socket.shutdownOutput();
            return this;
        });
    }

    /** Closes with a TCP reset, also below TLS. */
    public void reset() {
        unchecked(() -> {
            tcp.setSoLinger(true, 0);
            tcp.close();
            return this;
        });
    }

    // ---- reading

    /** The next head, of an interim response as well; {@link #readResponse} must not be used for the same response. */
    public Head readHead() {
        return timed(this::head);
    }

    /** The next final response, with the interim ones before it. */
    public Response readResponse() {
        return timed(() -> response(false));
    }

    /** The next final response, which has no body, since the request was HEAD. */
    public Response readResponseToHead() {
        return timed(() -> response(true));
    }

    /** All bytes that still come until the peer closes or resets; the first 1 MB of them. */
    public byte[] readUntilClosed() {
        return timed(() -> {
            BodyCollector rest = new BodyCollector(KEPT_BYTES);
            try {
                reader.untilClosed(rest);
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                // A reset ends the connection no less than a close.
            }
            return rest.snapshot().kept();
        });
    }

    /** So many bytes of whatever comes next. */
    public byte[] readBytes(int count) {
        return timed(() -> {
            BodyCollector bytes = new BodyCollector(count);
            reader.fixed(count, bytes);
            return bytes.snapshot().bytes();
        });
    }

    /** Fails unless the peer closes or resets within this time, without sending anything more. */
    public void expectClosed(Duration within) {
        Duration before = deadline;
        deadline(within);
        try {
            int next = timed(in::peek);
            if (next >= 0) {
                throw new AssertionError("connection: sent byte " + next + " (expected: closed, nothing sent)");
            }
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof SocketTimeoutException) {
                throw new AssertionError("connection: open after " + within + " (expected: closed)", e);
            }
            // A reset is a close as well.
        } finally {
            deadline(before);
        }
    }

    /** Fails when the peer sends anything or closes within this time. */
    public void expectSilence(Duration during) {
        Duration before = deadline;
        deadline(during);
        try {
            int next = timed(in::peek);
            throw new AssertionError(
                    "connection: " + (next < 0 ? "closed" : "sent byte " + next) + " (expected: open and silent)");
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof SocketTimeoutException)) {
                throw new AssertionError("connection: reset (expected: open and silent)", e);
            }
        } finally {
            deadline(before);
        }
    }

    // ---- the connection

    /** The protocol that ALPN chose, empty when none. */
    public String protocol() {
        String chosen = socket instanceof SSLSocket tls ? tls.getApplicationProtocol() : "";
        return chosen == null ? "" : chosen;
    }

    /** This side's port. */
    public int localPort() {
        return tcp.getLocalPort();
    }

    /** The socket, for options that only one test needs. */
    public Socket socket() {
        return socket;
    }

    @Override
    public void close() {
        unchecked(() -> {
            socket.close();
            tcp.close();
            return this;
        });
    }

    private Head head() throws IOException {
        Head head = reader.head();
        if (head == null) {
            throw new BrokenOffException("before a response");
        }
        return head;
    }

    private Response response(boolean toHead) throws IOException {
        List<Head> interim = new ArrayList<>();
        Head head = head();
        while (head.status() < 200 && head.status() != 101) {
            interim.add(head);
            head = head();
        }
        BodyCollector body = new BodyCollector(KEPT_BYTES);
        try {
            Headers trailers = toHead || bodiless(head.status()) ? Headers.none() : body(head.headers(), body);
            return new Response(List.copyOf(interim), head, body.snapshot(), trailers, true);
        } catch (SocketTimeoutException e) {
            throw new UncheckedIOException(
                    "response: " + head + ", " + body.snapshot().length() + " bytes so far (expected: its end)", e);
        } catch (IOException e) {
            return new Response(List.copyOf(interim), head, body.snapshot(), Headers.none(), false);
        }
    }

    private Headers body(Headers headers, BodyCollector body) throws IOException {
        List<String> codings = headers.all("Transfer-Encoding");
        List<String> lengths = headers.all("Content-Length");
        if (!codings.isEmpty()) {
            if (!codings.equals(List.of("chunked")) || !lengths.isEmpty()) {
                throw new MalformedMessageException("Transfer-Encoding: " + codings + ", Content-Length: " + lengths
                        + " (expected: chunked alone)");
            }
            return reader.chunked(body);
        }
        if (lengths.isEmpty()) {
            reader.untilClosed(body);
        } else {
            if (lengths.size() != 1 || !lengths.get(0).matches("[0-9]{1,18}")) {
                throw new MalformedMessageException("Content-Length: " + lengths + " (expected: one number)");
            }
            reader.fixed(Long.parseLong(lengths.get(0)), body);
        }
        return Headers.none();
    }

    private static boolean bodiless(int status) {
        return status == 101 || status == 204 || status == 304;
    }

    private int read(byte[] into, int offset, int length) throws IOException {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("deadline passed");
        }
        int rate = bytesPerSecond;
        int most = length;
        if (rate > 0) {
            pause(THROTTLE_TICK.toNanos());
            most = Math.max(1, Math.min(length, (int) (rate * THROTTLE_TICK.toMillis() / 1_000)));
        }
        socket.setSoTimeout((int) TimeUnit.NANOSECONDS.toMillis(left) + 1);
        return socket.getInputStream().read(into, offset, most);
    }

    /** Waits for its own sake: the pace of a slow client, not the order of events. */
    private static void pause(long nanos) {
        long until = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private <T> T timed(Operation<T> operation) {
        deadlineNanos = System.nanoTime() + deadline.toNanos();
        return unchecked(operation);
    }

    private static <T> T unchecked(Operation<T> operation) {
        try {
            return operation.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FunctionalInterface
    private interface Operation<T> {
        T run() throws IOException;
    }
}

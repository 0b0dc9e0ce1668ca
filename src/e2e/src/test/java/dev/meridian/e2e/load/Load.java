package dev.meridian.e2e.load;

import dev.meridian.testkit.backend.Controlled;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests over keep-alive connections, one per thread, each with an id of its own in {@code X-Request-Id}; nothing is
 * ever sent twice. With a pause it is paced: latencies count from when a request was due. A connection is opened anew
 * where the answer said {@code close} or something failed.
 */
public final class Load implements AutoCloseable {

    private static final Duration ANSWER_WAIT = Duration.ofSeconds(20);

    /** One row of ids for all loads: backends that several of them reach tell them apart. */
    private static final AtomicLong IDS = new AtomicLong();

    private final int port;
    private final Function<String, byte[]> request;
    private final LongSupplier pauseNanos;
    private final BooleanSupplier mayConnect;
    private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    private Load(int port, Function<String, byte[]> request, LongSupplier pauseNanos, BooleanSupplier mayConnect) {
        this.port = port;
        this.request = request;
        this.pauseNanos = pauseNanos;
        this.mayConnect = mayConnect;
    }

    /** Starts a load in a closed loop: each thread sends its next request when it has read the answer. */
    public static Load closedLoop(int port, int threads, Function<String, byte[]> request) {
        return paced(port, threads, request, () -> 0);
    }

    /** Starts a load of so many requests per second altogether. */
    public static Load constantRate(int port, int threads, int perSecond, Function<String, byte[]> request) {
        long pause = Duration.ofSeconds(threads).toNanos() / perSecond;
        return paced(port, threads, request, () -> pause);
    }

    /** Likewise, and a thread ends where it needs a new connection when it may no longer open any. */
    public static Load constantRate(
            int port, int threads, int perSecond, Function<String, byte[]> request, BooleanSupplier mayConnect) {
        long pause = Duration.ofSeconds(threads).toNanos() / perSecond;
        return start(threads, new Load(port, request, () -> pause, mayConnect));
    }

    /** Starts a load where each thread sends a request this long after the one before was due. */
    public static Load paced(int port, int threads, Function<String, byte[]> request, LongSupplier pauseNanos) {
        return start(threads, new Load(port, request, pauseNanos, () -> true));
    }

    private static Load start(int threads, Load load) {
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(load::run, "load-" + i);
            thread.setDaemon(true);
            load.threads.add(thread);
        }
        load.threads.forEach(Thread::start);
        return load;
    }

    /** A GET. */
    public static Function<String, byte[]> get(String path) {
        return id -> bytes("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: " + id + "\r\n\r\n");
    }

    /** A POST with a small body and a {@code Content-Length}. */
    public static Function<String, byte[]> post(String path) {
        return id -> {
            String body = "body of " + id;
            return bytes("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: " + id
                    + "\r\nContent-Type: text/plain\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** How many requests have ended so far. */
    public int count() {
        return samples.size();
    }

    /** What became of the requests that have ended so far. */
    public LoadReport soFar() {
        return new LoadReport(List.copyOf(samples));
    }

    /** Lets it run for so long, and reports what became of the requests of that time that have ended. */
    public LoadReport observe(Duration time) {
        long from = System.nanoTime();
        pause(time.toNanos());
        return soFar().between(from, System.nanoTime());
    }

    /** Lets it run for so long, then stops it. */
    public LoadReport stopAfter(Duration time) {
        pause(time.toNanos());
        return stop();
    }

    /** Sends no further request, waits for the answers under way, and reports. */
    public LoadReport stop() {
        stopped = true;
        try {
            for (Thread thread : threads) {
                thread.join(ANSWER_WAIT.toMillis() + 5_000);
                if (thread.isAlive()) {
                    throw new AssertionError(thread.getName() + ": runs (expected: ended within its deadline)");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        return new LoadReport(List.copyOf(samples));
    }

    @Override
    public void close() {
        stopped = true;
    }

    private void run() {
        RawClient client = null;
        long due = System.nanoTime();
        try {
            while (!stopped) {
                pause(due - System.nanoTime());
                if (stopped || client == null && !mayConnect.getAsBoolean()) {
                    return;
                }
                client = exchange(client, due);
                due = Math.max(due + pauseNanos.getAsLong(), System.nanoTime());
            }
        } finally {
            if (client != null) {
                client.close();
            }
        }
    }

    /** One request and its answer; returns the connection for the next one, or null when that needs another. */
    private @Nullable RawClient exchange(@Nullable RawClient open, long due) {
        String id = Long.toString(IDS.incrementAndGet());
        RawClient client = open;
        try {
            if (client == null) {
                client = RawClient.connect(port).deadline(ANSWER_WAIT);
            }
            Response response = client.send(request.apply(id)).readResponse();
            done(
                    id,
                    response.status(),
                    response.headers().first(Controlled.BACKEND).orElse(null),
                    problem(response),
                    due);
            if (response.complete() && !says(response, "close")) {
                return client;
            }
        } catch (UncheckedIOException e) {
            String used = open == null ? "on a new connection: " : "on a used connection: ";
            done(id, 0, null, used + e.getCause(), due);
        } catch (RuntimeException e) {
            done(id, 0, null, e.toString(), due);
        }
        if (client != null) {
            client.close();
        }
        return null;
    }

    private static @Nullable String problem(Response response) {
        return response.complete()
                ? response.headers()
                        .first("Proxy-Status")
                        .filter(status -> status.contains("error="))
                        .orElse(null)
                : "broken off: " + response.head().startLine();
    }

    private static boolean says(Response response, String option) {
        return response.headers()
                .first("Connection")
                .filter(option::equalsIgnoreCase)
                .isPresent();
    }

    private void done(String id, int status, @Nullable String backend, @Nullable String error, long due) {
        samples.add(new Sample(id, status, backend, error, System.nanoTime() - due, due));
    }

    private static void pause(long nanos) {
        long until = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}

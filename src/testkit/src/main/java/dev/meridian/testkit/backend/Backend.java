package dev.meridian.testkit.backend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An HTTP/1.1 server on a loopback port that answers as its {@link Behaviour} says and records what it receives. It has a
 * thread for each connection and takes nothing from the code under test. Thread-safe.
 */
public final class Backend implements AutoCloseable {

    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(10);
    private static final Duration REBIND_WAIT = Duration.ofSeconds(10);

    private final InetAddress address;
    private final BackendOptions options;
    private final Recorder recorder;
    private volatile Behaviour behaviour;
    private Listener listener;
    private boolean running;

    private Backend(Behaviour behaviour, BackendOptions options, int port) throws IOException {
        this.behaviour = behaviour;
        this.options = options;
        this.address = InetAddress.getByName(options.ipv6() ? "::1" : "127.0.0.1");
        this.recorder = new Recorder(options.keptRequests());
        this.listener = listen(port);
        this.running = true;
    }

    /** Starts a backend on a free port of {@code 127.0.0.1}. */
    public static Backend start(Behaviour behaviour) {
        return start(behaviour, BackendOptions.defaults());
    }

    /** Starts a backend on a free port. */
    public static Backend start(Behaviour behaviour, BackendOptions options) {
        return startOn(0, behaviour, options);
    }

    /** Starts a backend on this port. */
    public static Backend startOn(int port, Behaviour behaviour, BackendOptions options) {
        try {
            Backend backend = new Backend(behaviour, options, port);
            backend.listener.start();
            return backend;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Listener listen(int port) throws IOException {
        return new Listener(address, port, recorder, () -> behaviour, options.atHead());
    }

    /** {@code http://host:port}, without a slash at its end. */
    public String url() {
        return "http://" + (options.ipv6() ? "[::1]" : "127.0.0.1") + ":" + port();
    }

    /** The port; it stays the same over a restart. */
    public synchronized int port() {
        return listener.port();
    }

    /** The address it listens on, or last did. */
    public InetSocketAddress address() {
        return new InetSocketAddress(address, port());
    }

    /** From the next request on it behaves like this, on open connections as well. */
    public void behave(Behaviour next) {
        behaviour = next;
    }

    /** The newest requests in the order in which their heads came, incomplete ones included. */
    public List<Recorded> requests() {
        return recorder.requests();
    }

    /** The request that came last. */
    public Recorded lastRequest() {
        List<Recorded> requests = requests();
        if (requests.isEmpty()) {
            throw new AssertionError("requests: none (expected: at least one)");
        }
        return requests.get(requests.size() - 1);
    }

    /** How many requests came, forgotten ones included. */
    public long requestCount() {
        return recorder.requestCount();
    }

    /** Waits until at least {@code count} heads of requests have come; fails after 10 s. */
    public List<Recorded> awaitRequests(int count) {
        return awaitRequests(count, DEFAULT_WAIT);
    }

    /** Waits until at least {@code count} heads of requests have come; fails after {@code most}. */
    public List<Recorded> awaitRequests(int count, Duration most) {
        try {
            return recorder.await(count, most);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for requests", e);
        }
    }

    /** Forgets the requests recorded so far and counts from zero again. */
    public void forgetRequests() {
        recorder.forgetRequests();
    }

    /** How many connections there were, and are. */
    public Connections connections() {
        return recorder.connections();
    }

    /** The newest connections with the bytes that came on them. */
    public List<ConnectionRecord> connectionLog() {
        return recorder.connectionLog();
    }

    /** What came that was not HTTP/1.1, and behaviours that failed; a test may want this to be empty. */
    public List<String> violations() {
        return connectionLog().stream()
                .flatMap(connection -> connection.violation().stream())
                .toList();
    }

    /** Closes the port and all connections, as if the process had been killed. */
    public synchronized void stop() {
        if (running) {
            listener.stop();
            running = false;
        }
    }

    /** Listens again where it did before; stops it first when it runs. */
    public synchronized void restartOnSamePort() {
        stop();
        int port = listener.port();
        long deadline = System.nanoTime() + REBIND_WAIT.toNanos();
        while (!running) {
            try {
                listener = listen(port);
                listener.start();
                running = true;
            } catch (IOException e) {
                // While it was free, the port may have become the local end of somebody's outgoing connection.
                if (System.nanoTime() > deadline) {
                    throw new UncheckedIOException("port " + port + " is taken", e);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    @Override
    public void close() {
        stop();
    }
}

package dev.meridian.testkit.backend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** One listening socket with the connections accepted from it: a backend's life from a start to a stop. */
final class Listener {

    private static final int BACKLOG = 1024;

    private static final long STOP_WAIT_MILLIS = 2_000;

    private final ServerSocket server = new ServerSocket();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Recorder recorder;
    private final Supplier<Behaviour> behaviour;
    private final boolean atHead;
    private final int port;
    private final Thread acceptor;

    /** Listens on port {@code wanted}, 0 for any that is free. */
    Listener(InetAddress address, int wanted, Recorder recorder, Supplier<Behaviour> behaviour, boolean atHead)
            throws IOException {
        this.recorder = recorder;
        this.behaviour = behaviour;
        this.atHead = atHead;
        try {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(address, wanted), BACKLOG);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        this.port = server.getLocalPort();
        this.acceptor = thread("accept", this::accept);
    }

    void start() {
        acceptor.start();
    }

    int port() {
        return port;
    }

    private void accept() {
        while (stopped.getCount() > 0) {
            try {
                serve(server.accept());
            } catch (IOException e) {
                // Either the listener was stopped, or the connection was gone before it could be accepted.
            }
        }
    }

    private void serve(Socket socket) {
        Connection connection = new Connection(socket, recorder, behaviour, atHead, stopped);
        connections.add(connection);
        if (stopped.getCount() == 0) {
            connection.end();
        }
        thread("connection", () -> {
                    try {
                        connection.run();
                    } finally {
                        connections.remove(connection);
                    }
                })
                .start();
    }

    private Thread thread(String what, Runnable task) {
        Thread thread = new Thread(task, "backend-" + port + "-" + what);
        thread.setDaemon(true);
        return thread;
    }

    void stop() {
        stopped.countDown();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections.forEach(Connection::end);
        try {
            // Until the acceptor has left the system call, the system goes on accepting connections for it.
            acceptor.join(STOP_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

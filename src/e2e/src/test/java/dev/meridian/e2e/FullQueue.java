package dev.meridian.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A port where nobody accepts and the queue is full: the system drops whatever else wants to connect. */
final class FullQueue implements AutoCloseable {

    private final ServerSocket listener;
    private final List<Socket> queue = new ArrayList<>();

    private FullQueue() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        try {
            while (queue.size() < 16) {
                Socket socket = new Socket();
                queue.add(socket);
                socket.connect(listener.getLocalSocketAddress(), 200);
            }
        } catch (IOException e) {
            return; // full
        }
        throw new IOException("queue: takes any number (expected: 1 or 2)");
    }

    static FullQueue open() {
        try {
            return new FullQueue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : queue) {
            socket.close();
        }
    }
}

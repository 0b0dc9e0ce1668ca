package dev.meridian.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A backend that takes one connection, reads at most so many bytes per second from it and never answers. */
final class SlowReader implements AutoCloseable {

    private static final int TICKS_PER_SECOND = 50;

    private final ServerSocket listener;
    private final AtomicLong received = new AtomicLong();
    private final int bytesPerSecond;

    private SlowReader(int bytesPerSecond) throws IOException {
        this.bytesPerSecond = bytesPerSecond;
        listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::run, "slow-reader");
        thread.setDaemon(true);
        thread.start();
    }

    static SlowReader start(int bytesPerSecond) {
        try {
            return new SlowReader(bytesPerSecond);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /** How many bytes it has read, heads included. */
    long received() {
        return received.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void run() {
        try (Socket socket = listener.accept()) {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[bytesPerSecond / TICKS_PER_SECOND];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                received.addAndGet(read);
                LockSupport.parkNanos(1_000_000_000 / TICKS_PER_SECOND);
            }
        } catch (IOException e) {
            // The gateway or the test has ended it.
        }
    }
}

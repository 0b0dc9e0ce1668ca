package dev.meridian.testkit.backend;

import dev.meridian.testkit.http.MalformedMessageException;
import dev.meridian.testkit.http.WireInput;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Serves one accepted connection on the thread that runs it. */
final class Connection implements Runnable {

    /** How long a peer whose request was no HTTP may take to read the 400, in milliseconds. */
    private static final int LINGER_MILLIS = 1_000;

    private final Socket socket;
    private final ConnectionRecord record;
    private final Recorder recorder;
    private final Supplier<Behaviour> behaviour;
    private final boolean atHead;
    private final CountDownLatch stopped;
    private @Nullable Recorded current;

    Connection(
            Socket socket, Recorder recorder, Supplier<Behaviour> behaviour, boolean atHead, CountDownLatch stopped) {
        this.socket = socket;
        this.recorder = recorder;
        this.behaviour = behaviour;
        this.atHead = atHead;
        this.stopped = stopped;
        this.record = recorder.connected();
    }

    @Override
    public void run() {
        try (socket) {
            socket.setTcpNoDelay(true);
            serve(new BufferedOutputStream(socket.getOutputStream(), 16 * 1024));
        } catch (IOException e) {
            // Connections end in the middle of things, that is what many tests are about: the record shows how far it
            // came.
        } catch (RuntimeException | Error e) {
            record.violated("behaviour failed: " + e);
            throw e;
        } finally {
            if (current != null) {
                current.brokenUnlessComplete();
            }
            recorder.disconnected(record);
        }
    }

    private void serve(OutputStream out) throws IOException {
        RequestReader reader = new RequestReader(new WireInput(tapped(socket.getInputStream())), record.id());
        try {
            for (Recorded next = reader.head(); next != null; next = reader.head()) {
                current = next;
                recorder.arrived(next);
                Exchange exchange = new Exchange(socket, out, reader, next, stopped);
                handle(next, exchange);
                if (exchange.closed()) {
                    return;
                }
                exchange.readBody();
                if (next.wantsClose()) {
                    return;
                }
            }
        } catch (MalformedMessageException e) {
            record.violated(String.valueOf(e.getMessage()));
            refuse(out, reader);
        }
    }

    private void handle(Recorded request, Exchange exchange) throws IOException {
        Behaviour now = behaviour.get();
        if (!atHead && !now.atHead(request)) {
            if (request.expectsContinue() && request.state() == Recorded.State.ARRIVING) {
                exchange.interim(100);
            }
            exchange.readBody();
        }
        now.handle(request, exchange);
        if (!exchange.closed()) {
            exchange.flush();
        }
    }

    private WireInput.Source tapped(InputStream in) {
        return (into, offset, length) -> {
            int count = in.read(into, offset, length);
            if (count > 0) {
                record.capture().add(into, offset, count);
            }
            return count;
        };
    }

    /** Answers 400, and closes only when the peer has had the time to read that: a close before would reset it away. */
    private void refuse(OutputStream out, RequestReader reader) throws IOException {
        if (current != null) {
            current.brokenUnlessComplete();
        }
        out.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        socket.shutdownOutput();
        socket.setSoTimeout(LINGER_MILLIS);
        reader.drain();
    }

    /** Ends the connection from another thread. */
    void end() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }
}

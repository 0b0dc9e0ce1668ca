package dev.meridian.testkit.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A connection's bytes, buffered, with a tap that sees the bytes of the message being read. Not thread-safe. */
public final class WireInput {

    /** Where the bytes come from; as {@link java.io.InputStream#read(byte[], int, int)}. */
    @FunctionalInterface
    public interface Source {
        /** Reads at least one byte unless the connection has ended, then it returns -1. */
        int read(byte[] into, int offset, int length) throws IOException;
    }

    private final Source source;
    private final byte[] buffer = new byte[16 * 1024];
    private int at;
    private int end;
    private boolean ended;
    private @Nullable Capture tap;

    /** Bytes from {@code source}. */
    public WireInput(Source source) {
        this.source = source;
    }

    /** From now on consumed bytes go to {@code capture} as well. */
    public void tap(Capture capture) {
        this.tap = capture;
    }

    /** The next byte, or -1 when the connection has ended. */
    public int read() throws IOException {
        if (!available()) {
            return -1;
        }
        int next = buffer[at] & 0xff;
        consume(1);
        return next;
    }

    /** The next byte without consuming it, or -1 when the connection has ended. */
    public int peek() throws IOException {
        return available() ? buffer[at] & 0xff : -1;
    }

    /** Gives at most {@code most} bytes to {@code into}; returns how many, or -1 when the connection has ended. */
    public int transfer(long most, BodyCollector into) throws IOException {
        if (!available()) {
            return -1;
        }
        int count = (int) Math.min(most, end - at);
        into.add(buffer, at, count);
        consume(count);
        return count;
    }

    /** Whether bytes wait that were read but not consumed. */
    public boolean buffered() {
        return at < end;
    }

    /** Waits for at least one byte; false when the connection has ended instead. */
    public boolean available() throws IOException {
        if (at < end) {
            return true;
        }
        if (ended) {
            return false;
        }
        int count = source.read(buffer, 0, buffer.length);
        if (count < 0) {
            ended = true;
            return false;
        }
        at = 0;
        end = count;
        return true;
    }

    private void consume(int count) {
        if (tap != null) {
            tap.add(buffer, at, count);
        }
        at += count;
    }
}

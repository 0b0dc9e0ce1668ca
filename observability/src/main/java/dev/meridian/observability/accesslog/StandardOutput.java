package dev.meridian.observability.accesslog;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/** Standard output, without the locks and buffers of {@code System.out}. */
final class StandardOutput implements LogSink {

    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

    @Override
    public void write(byte[] lines, int length) throws IOException {
        out.write(lines, 0, length);
    }

    @Override
    public void close() {
        // Is the process's, not ours.
    }

    @Override
    public String toString() {
        return "standard output";
    }
}

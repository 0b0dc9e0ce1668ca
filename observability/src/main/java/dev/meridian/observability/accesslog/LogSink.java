package dev.meridian.observability.accesslog;

import java.io.Closeable;
import java.io.IOException;

/** Where whole lines go. Used by one thread; may block that one. */
interface LogSink extends Closeable {

    /** Writes the first {@code length} bytes, or fails; the next call tries anew. */
    void write(byte[] lines, int length) throws IOException;
}

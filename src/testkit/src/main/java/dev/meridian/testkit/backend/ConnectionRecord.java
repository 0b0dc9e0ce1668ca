package dev.meridian.testkit.backend;

import dev.meridian.testkit.http.Capture;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is remembered of one connection. Thread-safe; it changes while the connection is open. */
public final class ConnectionRecord {

    /** How many bytes of a connection are remembered as they came. */
    static final int RAW_LIMIT = 256 * 1024;

    private final long id;
    private final Capture raw = new Capture(RAW_LIMIT);
    private volatile boolean open = true;
    private volatile @Nullable String violation;

    ConnectionRecord(long id) {
        this.id = id;
    }

    /** The connection's number, from 1 on; {@link Recorded#connection()} refers to it. */
    public long id() {
        return id;
    }

    /** The bytes received, as they came: the first 256 KB of them. */
    public byte[] raw() {
        return raw.kept();
    }

    /** How many bytes were received. */
    public long received() {
        return raw.total();
    }

    /** Whether neither side is known to have closed the connection. */
    public boolean open() {
        return open;
    }

    /** What was not HTTP/1.1 in the bytes received; the connection was closed for it. */
    public Optional<String> violation() {
        return Optional.ofNullable(violation);
    }

    Capture capture() {
        return raw;
    }

    void violated(String message) {
        violation = message;
    }

    void ended() {
        open = false;
    }
}

package dev.meridian.testkit.http;

import java.util.Arrays;

/** Counts the bytes that pass, and keeps the first of them. Thread-safe, its memory is bounded. */
public final class Capture {

    private final int limit;
    private byte[] kept = new byte[256];
    private int size;
    private long total;

    /**
     * An empty capture.
     *
     * @param limit how many bytes are kept at most
     */
    public Capture(int limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: >= 0)");
        }
        this.limit = limit;
    }

    /** Takes {@code length} bytes of {@code from}, from {@code offset} on. */
    public synchronized void add(byte[] from, int offset, int length) {
        int taken = Math.min(length, limit - size);
        if (size + taken > kept.length) {
            kept = Arrays.copyOf(kept, Math.min(limit, Math.max(2 * kept.length, size + taken)));
        }
        System.arraycopy(from, offset, kept, size, taken);
        size += taken;
        total += length;
    }

    /** The first bytes that passed. */
    public synchronized byte[] kept() {
        return Arrays.copyOf(kept, size);
    }

    /** How many bytes passed. */
    public synchronized long total() {
        return total;
    }
}

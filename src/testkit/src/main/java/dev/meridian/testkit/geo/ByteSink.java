package dev.meridian.testkit.geo;

import java.io.ByteArrayOutputStream;

/** Bytes in network order. */
final class ByteSink {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    int size() {
        return out.size();
    }

    /** The lowest {@code count} bytes of a number. */
    void number(long value, int count) {
        for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
    }

    void bytes(byte[] bytes) {
        out.writeBytes(bytes);
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }
}

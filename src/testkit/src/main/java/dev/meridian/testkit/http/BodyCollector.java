package dev.meridian.testkit.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Takes a body while it arrives. Thread-safe, its memory is bounded. */
public final class BodyCollector {

    private final Capture capture;
    private final MessageDigest digest = sha256();

    /**
     * An empty collector.
     *
     * @param limit how many bytes of the body are kept at most
     */
    public BodyCollector(int limit) {
        this.capture = new Capture(limit);
    }

    /** Takes {@code length} bytes of {@code from}, from {@code offset} on. */
    public synchronized void add(byte[] from, int offset, int length) {
        capture.add(from, offset, length);
        digest.update(from, offset, length);
    }

    /** The body as far as it has come. */
    public synchronized Body snapshot() {
        try {
            MessageDigest copy = (MessageDigest) digest.clone();
            return new Body(capture.kept(), capture.total(), HexFormat.of().formatHex(copy.digest()));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 of this JDK cannot be cloned", e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

package dev.meridian.testkit.http;

import java.nio.charset.StandardCharsets;

/** A message's body: all of it when small, else its first bytes, and its length and hash in any case. */
public final class Body {

    private final byte[] kept;
    private final long length;
    private final String sha256;

    Body(byte[] kept, long length, String sha256) {
        this.kept = kept;
        this.length = length;
        this.sha256 = sha256;
    }

    /** How many bytes the body had. */
    public long length() {
        return length;
    }

    /** Whether only the first bytes were kept. */
    public boolean truncated() {
        return kept.length < length;
    }

    /** The first bytes. */
    public byte[] kept() {
        return kept.clone();
    }

    /** All bytes; fails when the body was too large to be kept. */
    public byte[] bytes() {
        if (truncated()) {
            throw new IllegalStateException("body: " + length + " bytes (expected: at most " + kept.length
                    + ", only those are kept; compare sha256() instead)");
        }
        return kept.clone();
    }

    /** All bytes as UTF-8; fails when the body was too large to be kept. */
    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** The hash of all bytes, in lower-case hexadecimal. */
    public String sha256() {
        return sha256;
    }

    @Override
    public String toString() {
        return truncated() ? length + " bytes, sha256 " + sha256 : text();
    }
}

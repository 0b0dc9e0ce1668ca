package dev.meridian.testkit.http;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Bodies of any size in constant memory: the letters a to z over and over. */
public final class RepeatingBytes {

    /** A whole number of alphabets, so that blocks put one after the other continue the pattern. */
    private static final byte[] BLOCK = block();

    private RepeatingBytes() {}

    private static byte[] block() {
        byte[] block = new byte[26 * 2520];
        for (int i = 0; i < block.length; i++) {
            block[i] = (byte) ('a' + i % 26);
        }
        return block;
    }

    /** Writes the first {@code length} bytes of the pattern. */
    public static void write(OutputStream to, long length) throws IOException {
        for (long left = length; left > 0; left -= BLOCK.length) {
            to.write(BLOCK, 0, (int) Math.min(left, BLOCK.length));
        }
    }

    /** The first {@code length} bytes of the pattern. */
    public static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = BLOCK[i % BLOCK.length];
        }
        return bytes;
    }

    /** The hash of the first {@code length} bytes of the pattern, in lower-case hexadecimal. */
    public static String sha256(long length) {
        MessageDigest digest = BodyCollector.sha256();
        for (long left = length; left > 0; left -= BLOCK.length) {
            digest.update(BLOCK, 0, (int) Math.min(left, BLOCK.length));
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}

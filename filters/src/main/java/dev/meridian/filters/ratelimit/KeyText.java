package dev.meridian.filters.ratelimit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * How keys are kept. What comes from a request may be of any length and hold any character; a part that is short and plain
 * stays as it is, any other one becomes 128 bits of its SHA-256. Neither form can be mistaken for the other.
 */
final class KeyText {

    /** Between the parts; plain ones do not hold it. */
    static final char SEPARATOR = '|';

    /** What hashes begin with, and no plain part. */
    static final char HASH = '#';

    private static final int LONGEST = 64;
    private static final int HASH_BYTES = 16;

    private KeyText() {}

    static String of(List<String> parts, boolean hashed) {
        if (parts.size() == 1) {
            return of(parts.get(0), hashed);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                text.append(SEPARATOR);
            }
            text.append(of(parts.get(i), hashed));
        }
        return text.toString();
    }

    static String of(String part, boolean hashed) {
        return !hashed && isPlain(part) ? part : hash(part);
    }

    /** Whether it is already in the form that hashes have. */
    static boolean isHash(String text) {
        return text.length() == 1 + 2 * HASH_BYTES && text.charAt(0) == HASH;
    }

    private static boolean isPlain(String part) {
        if (part.isEmpty() || part.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            boolean plain = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '.'
                    || c == ':'
                    || c == '/'
                    || c == '-'
                    || c == '_'
                    || c == '@';
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    private static String hash(String part) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes(part));
            return HASH + HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** UTF-8, and where that has no bytes for it something that is no UTF-8. */
    private static byte[] bytes(String part) {
        byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
        if (part.chars().noneMatch(c -> Character.isSurrogate((char) c))
                || new String(utf8, StandardCharsets.UTF_8).equals(part)) {
            return utf8;
        }
        ByteBuffer raw = ByteBuffer.allocate(1 + 2 * part.length()).put((byte) 0xff);
        part.chars().forEach(c -> raw.putChar((char) c));
        return raw.array();
    }
}

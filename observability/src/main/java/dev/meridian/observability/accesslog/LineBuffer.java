package dev.meridian.observability.accesslog;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;

/** Bytes that lines are put together in, used over and over. Not thread-safe. */
final class LineBuffer {

    private static final byte[] HEX = ascii("0123456789abcdef");
    /** What {@code \}{@code u}, its four digits and any character take at most. */
    private static final int MAX_PER_CHAR = 6;

    private static final int MAX_DIGITS = 20;

    private byte[] bytes;
    private int length;

    LineBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    static byte[] ascii(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    int length() {
        return length;
    }

    /** Of the first {@link #length()} bytes; valid until the next append. */
    byte[] array() {
        return bytes;
    }

    /** Forgets what was appended after the first {@code newLength} bytes. */
    void truncate(int newLength) {
        length = newLength;
    }

    LineBuffer add(byte[] constant) {
        ensure(constant.length);
        System.arraycopy(constant, 0, bytes, length, constant.length);
        length += constant.length;
        return this;
    }

    LineBuffer add(char ascii) {
        ensure(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    LineBuffer number(long value) {
        ensure(MAX_DIGITS);
        if (value < 0) {
            return add(ascii(Long.toString(value)));
        }
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** IPv6 as RFC 5952 §4 has it, without a zone. */
    LineBuffer address(InetAddress address) {
        if (!(address instanceof Inet4Address)) {
            return escaped(NetUtil.toAddressString(address));
        }
        byte[] octets = address.getAddress();
        number(octets[0] & 0xff);
        for (int i = 1; i < octets.length; i++) {
            add('.').number(octets[i] & 0xff);
        }
        return this;
    }

    /**
     * UTF-8, with the escapes of <a href="https://www.rfc-editor.org/rfc/rfc8259#section-7">RFC 8259 §7</a> for quotes,
     * backslashes, and everything that a terminal or a reader of lines could take for a command.
     */
    LineBuffer escaped(String text) {
        int chars = text.length();
        ensure(chars * MAX_PER_CHAR);
        byte[] to = bytes;
        int at = length;
        for (int i = 0; i < chars; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
                to[at++] = (byte) c;
            } else if (c < 0xa0 || c == 0x2028 || c == 0x2029) {
                at = escape(to, at, c);
            } else if (Character.isHighSurrogate(c) && i + 1 < chars && Character.isLowSurrogate(text.charAt(i + 1))) {
                at = utf8(to, at, Character.toCodePoint(c, text.charAt(++i)));
            } else {
                at = utf8(to, at, Character.isSurrogate(c) ? 0xfffd : c);
            }
        }
        length = at;
        return this;
    }

    private static int escape(byte[] to, int from, char c) {
        int at = from;
        to[at++] = '\\';
        if (c == '"' || c == '\\') {
            to[at++] = (byte) c;
            return at;
        }
        to[at++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            to[at++] = HEX[c >> shift & 0xf];
        }
        return at;
    }

    private static int utf8(byte[] to, int from, int codePoint) {
        int at = from;
        if (codePoint < 0x800) {
            to[at++] = (byte) (0xc0 | codePoint >> 6);
        } else {
            if (codePoint < 0x10000) {
                to[at++] = (byte) (0xe0 | codePoint >> 12);
            } else {
                to[at++] = (byte) (0xf0 | codePoint >> 18);
                to[at++] = (byte) (0x80 | codePoint >> 12 & 0x3f);
            }
            to[at++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
        }
        to[at++] = (byte) (0x80 | codePoint & 0x3f);
        return at;
    }

    private void ensure(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
        }
    }
}

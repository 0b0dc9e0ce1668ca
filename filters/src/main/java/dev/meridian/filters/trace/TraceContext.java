package dev.meridian.filters.trace;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The trace that an exchange belongs to, with the gateway's own span in it.
 *
 * @param traceId 32 lower-case hex digits, not all zero
 * @param spanId 16 lower-case hex digits, not all zero
 * @param flags 2 lower-case hex digits
 * @param continued whether it is the caller's trace
 * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context §3.2</a>
 */
public record TraceContext(String traceId, String spanId, String flags, boolean continued) {

    /** {@code 00-<trace-id>-<parent-id>-<flags>}. */
    private static final int LENGTH = 55;

    private static final String SAMPLED = "01";
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    /** Continues the caller's trace where its {@code traceparent} is valid, else starts one. */
    public static TraceContext of(@Nullable CharSequence traceparent, RandomGenerator random) {
        if (traceparent != null && isValid(traceparent)) {
            return new TraceContext(
                    traceparent.subSequence(3, 35).toString(), hex(random, 16), flags(traceparent.charAt(54)), true);
        }
        return new TraceContext(hex(random, 32), hex(random, 16), SAMPLED, false);
    }

    /** What the upstream receives: the same trace, the gateway's span as parent. */
    public static String traceparent(String traceId, String spanId, String flags) {
        return "00-" + traceId + "-" + spanId + "-" + flags;
    }

    /*
     * A later version may append fields behind another dash, and its first four are read as ours (§3.2.4). Version ff is
     * forbidden, and ids of zeros mean that there is none.
     */
    private static boolean isValid(CharSequence text) {
        int length = text.length();
        if (length < LENGTH || text.charAt(2) != '-' || text.charAt(35) != '-' || text.charAt(52) != '-') {
            return false;
        }
        boolean version0 = text.charAt(0) == '0' && text.charAt(1) == '0';
        if (length > LENGTH && (version0 || text.charAt(LENGTH) != '-')) {
            return false;
        }
        boolean forbidden = text.charAt(0) == 'f' && text.charAt(1) == 'f';
        return !forbidden
                && isHex(text, 0, 2)
                && isHex(text, 3, 35)
                && isHex(text, 36, 52)
                && isHex(text, 53, LENGTH)
                && !isZero(text, 3, 35)
                && !isZero(text, 36, 52);
    }

    /** The bits that are defined, sampled and random; the others must be zero (§3.2.2.5). */
    private static String flags(char lastDigit) {
        return "0" + (Character.digit(lastDigit, 16) & 0b11);
    }

    private static boolean isHex(CharSequence text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(CharSequence text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) != '0') {
                return false;
            }
        }
        return true;
    }

    private static String hex(RandomGenerator random, int digits) {
        char[] out = new char[digits];
        for (int at = 0; at < digits; at += 16) {
            long bits;
            do {
                bits = random.nextLong();
            } while (bits == 0);
            for (int i = 0; i < 16; i++) {
                out[at + i] = HEX[(int) (bits >>> (i * 4)) & 0xf];
            }
        }
        return new String(out);
    }
}

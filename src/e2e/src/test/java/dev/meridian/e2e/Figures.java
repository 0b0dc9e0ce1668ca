package dev.meridian.e2e;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Writes what was measured to the test's output, to be quoted. */
final class Figures {

    private static final PrintStream OUT = System.out;

    private Figures() {}

    static void print(String what, String format, Object... values) {
        OUT.printf(Locale.ROOT, "FIGURE %s: " + format + "%n", prepend(what, values));
    }

    /** {@code 1.25 s}. */
    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }

    /** {@code 1.25 ms}. */
    static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.2f ms", time.toNanos() / 1e6);
    }

    private static Object[] prepend(String first, Object... rest) {
        Object[] all = new Object[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }
}

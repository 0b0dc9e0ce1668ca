package dev.meridian.observability.endpoint;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as they stand in answers. */
final class Words {

    private static final Map<String, Long> UNITS = units();

    private Words() {}

    private static Map<String, Long> units() {
        Map<String, Long> millis = new LinkedHashMap<>();
        millis.put("d", 86_400_000L);
        millis.put("h", 3_600_000L);
        millis.put("m", 60_000L);
        millis.put("s", 1000L);
        return millis;
    }

    /** A length of time as it is written in YAML, in the largest unit of which it is a whole number, milliseconds at least. */
    static String of(Duration length) {
        long millis = length.toMillis();
        for (Map.Entry<String, Long> unit : UNITS.entrySet()) {
            if (millis != 0 && millis % unit.getValue() == 0) {
                return millis / unit.getValue() + unit.getKey();
            }
        }
        return millis == 0 ? "0s" : millis + "ms";
    }

    /** To a thousandth, up: a time to wait is not over before. */
    static double seconds(Duration length) {
        return BigDecimal.valueOf(length.toNanos(), 9)
                .setScale(3, RoundingMode.CEILING)
                .doubleValue();
    }

    /** {@code null} where there is nothing to say. */
    static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** Rounded to so many places; {@code null} where it is no number. */
    static @Nullable Double orNull(double value, int places) {
        return Double.isFinite(value) ? Double.valueOf(rounded(value, places)) : null;
    }

    /** Nanoseconds as milliseconds, to a hundredth; {@code null} where it is no number. */
    static @Nullable Double millis(double nanos) {
        return orNull(nanos / 1e6, 2);
    }

    static double rounded(double value, int places) {
        return BigDecimal.valueOf(value).setScale(places, RoundingMode.HALF_UP).doubleValue();
    }
}

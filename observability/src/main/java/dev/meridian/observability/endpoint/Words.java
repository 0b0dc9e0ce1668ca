package dev.meridian.observability.endpoint;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values as they stand in answers. */
final class Words {

    private Words() {}

    /** An enum's constant as it is written in YAML. */
    static String of(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
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

package dev.meridian.filters.overload;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How much a route's requests matter where not all can be served. The less they do, the earlier they are shed. */
public enum Priority {
    /** May use all of a limit. */
    CRITICAL(0),
    /** Leaves a tenth of it to critical ones. */
    NORMAL(1),
    /** Leaves three tenths of it to the others. */
    SHEDDABLE(3);

    private final int tenthsLeft;

    Priority(int tenthsLeft) {
        this.tenthsLeft = tenthsLeft;
    }

    /** How many requests of a limit are under way at most when one of this class is let in; at least 1. */
    public int part(int limit) {
        return limit - (int) ((long) limit * tenthsLeft / 10);
    }

    /** As it is written; {@code null} for anything else. */
    public static @Nullable Priority parse(String text) {
        return Arrays.stream(values())
                .filter(each -> each.text().equalsIgnoreCase(text.trim()))
                .findFirst()
                .orElse(null);
    }

    /** As it is written. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}

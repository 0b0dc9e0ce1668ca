package dev.meridian.filters.resilience;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Reads {@code Retry-After} (<a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3">RFC 9110 §10.2.3</a>). */
public final class RetryAfter {

    private static final int MOST_DIGITS = 9;

    private RetryAfter() {}

    /**
     * @param value seconds or a date; anything else says that it is later than anybody waits
     * @return milliseconds from now, at least 0; -1 for no value
     */
    public static long millis(@Nullable String value, Instant now) {
        if (value == null) {
            return -1;
        }
        String trimmed = value.trim();
        if (!trimmed.isEmpty() && trimmed.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return trimmed.length() > MOST_DIGITS ? Long.MAX_VALUE : Long.parseLong(trimmed) * 1000;
        }
        try {
            Instant then = ZonedDateTime.parse(trimmed, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Math.max(0, then.toEpochMilli() - now.toEpochMilli());
        } catch (DateTimeParseException e) {
            return Long.MAX_VALUE;
        }
    }
}

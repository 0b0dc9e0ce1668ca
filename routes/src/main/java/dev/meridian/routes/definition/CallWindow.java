package dev.meridian.routes.definition;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * The last calls, or those of the last time: written as {@code 100} or {@code 10s}.
 *
 * @param calls how many; 0 where it is a time
 * @param time how long; {@code null} where it is a number
 */
public record CallWindow(int calls, @Nullable Duration time) {

    private static final int MOST = 10_000;
    private static final Duration LONGEST = Duration.ofHours(1);

    /** @throws IllegalArgumentException for anything but 1 to 10000 calls or 1s to 1h */
    public static CallWindow of(String text) {
        String trimmed = text.trim();
        try {
            if (trimmed.chars().allMatch(Character::isDigit)) {
                return of(Integer.valueOf(trimmed));
            }
            Duration time = DurationStyle.detectAndParse(trimmed);
            if (time.compareTo(Duration.ofSeconds(1)) >= 0 && time.compareTo(LONGEST) <= 0) {
                return new CallWindow(0, time);
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw wrong(text);
    }

    /** So many calls. */
    public static CallWindow of(Integer calls) {
        if (calls < 1 || calls > MOST) {
            throw wrong(calls);
        }
        return new CallWindow(calls, null);
    }

    private static IllegalArgumentException wrong(Object value) {
        return new IllegalArgumentException(value + " (expected: 1 to 10000 calls as in 100, or 1s to 1h as in 10s)");
    }

    @Override
    public String toString() {
        return time == null ? Integer.toString(calls) : DurationStyle.SIMPLE.print(time);
    }
}

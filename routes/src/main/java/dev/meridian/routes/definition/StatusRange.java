package dev.meridian.routes.definition;

import java.util.List;

/**
 * Statuses from one to another, both included; written as {@code 503}, {@code 502-504} or {@code 5xx}.
 *
 * @param from 100 to 599
 * @param to not less than {@code from}
 */
public record StatusRange(int from, int to) {

    public StatusRange {
        if (from < 100 || to > 599 || from > to) {
            throw new IllegalArgumentException(from + "-" + to + " (expected: statuses from 100 to 599)");
        }
    }

    /** One status. */
    public static StatusRange of(Integer status) {
        return new StatusRange(status, status);
    }

    /** @throws IllegalArgumentException for anything but the three forms */
    public static StatusRange of(String text) {
        String trimmed = text.trim();
        try {
            if (trimmed.length() == 3
                    && trimmed.toLowerCase(java.util.Locale.ROOT).endsWith("xx")) {
                int hundreds = Integer.parseInt(trimmed.substring(0, 1)) * 100;
                return new StatusRange(hundreds, hundreds + 99);
            }
            int dash = trimmed.indexOf('-');
            return dash < 0
                    ? of(Integer.valueOf(trimmed))
                    : new StatusRange(
                            Integer.parseInt(trimmed.substring(0, dash).trim()),
                            Integer.parseInt(trimmed.substring(dash + 1).trim()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(text + " (expected: a status as 503, a range as 502-504, or 5xx)");
        }
    }

    /** Whether one of them contains the status. Allocates nothing. */
    public static boolean anyContains(List<StatusRange> ranges, int status) {
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).contains(status)) {
                return true;
            }
        }
        return false;
    }

    public boolean contains(int status) {
        return status >= from && status <= to;
    }

    @Override
    public String toString() {
        return from == to ? Integer.toString(from) : from + "-" + to;
    }
}

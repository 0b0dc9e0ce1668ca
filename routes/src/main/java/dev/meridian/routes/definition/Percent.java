package dev.meridian.routes.definition;

/**
 * A share, written as {@code 50%}.
 *
 * @param fraction 0 to 1
 */
public record Percent(double fraction) {

    /** @throws IllegalArgumentException for anything but a number from 0 to 100 and a percent sign */
    public static Percent of(String text) {
        String trimmed = text.trim();
        try {
            if (trimmed.endsWith("%")) {
                double value = Double.parseDouble(trimmed.substring(0, trimmed.length() - 1));
                if (value >= 0 && value <= 100) {
                    return new Percent(value / 100);
                }
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(text + " (expected: 0% to 100%, as in 50%)");
    }

    /** A bare number is refused like text without the sign: 0.5 and 50 could both mean half. */
    public static Percent of(Integer number) {
        return of(number.toString());
    }

    /** As {@link #of(Integer)}. */
    public static Percent of(Double number) {
        return of(number.toString());
    }

    @Override
    public String toString() {
        double value = Math.round(fraction * 1e8) / 1e6; // 0.07 * 100 is 7.000000000000001
        return value == Math.rint(value) ? (long) value + "%" : value + "%";
    }
}

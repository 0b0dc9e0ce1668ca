package dev.meridian.routes.geo;

import org.jspecify.annotations.Nullable;

/**
 * Reads a place out of a request's fields: the coordinates, else the middle of the country. A value that is none is passed
 * over as if it was not there.
 *
 * @param latitude name of the field, or {@code null} together with {@code longitude}
 * @param longitude name of the field, or {@code null} together with {@code latitude}
 * @param country name of the field, or {@code null}
 */
record LocationHeaders(
        @Nullable String latitude,
        @Nullable String longitude,
        @Nullable String country) {

    /** Longer than any coordinate is written; the rest of a long value need not be read. */
    private static final int MAX_DIGITS = 32;

    LocationHeaders {
        if (country != null) {
            CountryCentroids.load();
        }
    }

    boolean isEmpty() {
        return latitude == null && longitude == null && country == null;
    }

    @Nullable
    GeoPoint read(ClientLocator.HeaderLookup headers) {
        GeoPoint point = coordinates(headers);
        if (point != null || country == null) {
            return point;
        }
        String code = headers.first(country);
        return code == null ? null : CountryCentroids.find(code.trim());
    }

    private @Nullable GeoPoint coordinates(ClientLocator.HeaderLookup headers) {
        return latitude == null || longitude == null
                ? null
                : GeoPoint.orNull(degrees(headers.first(latitude)), degrees(headers.first(longitude)));
    }

    /** A plain decimal number; Java's own parser takes {@code 0x1p3}, {@code 1f} and {@code Infinity} as well. */
    static double degrees(@Nullable String written) {
        if (written == null) {
            return Double.NaN;
        }
        String text = written.trim();
        int at = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
        int digits = 0;
        int points = 0;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c >= '0' && c <= '9') {
                digits++;
            } else if (c == '.') {
                points++;
            } else {
                return Double.NaN;
            }
        }
        return digits > 0 && digits <= MAX_DIGITS && points <= 1 ? Double.parseDouble(text) : Double.NaN;
    }
}

package dev.meridian.routes.geo;

import org.jspecify.annotations.Nullable;

/**
 * A place on the earth.
 *
 * @param latitude degrees north, -90 to 90
 * @param longitude degrees east, -180 to 180
 */
public record GeoPoint(double latitude, double longitude) {

    /** The mean radius; the earth is no sphere, so a distance is off by up to half a percent. */
    private static final double EARTH_RADIUS_KM = 6371.0088;

    public GeoPoint {
        if (!isValid(latitude, longitude)) {
            throw new IllegalArgumentException("point: " + latitude + ", " + longitude
                    + " (expected: a latitude from -90 to 90 and a longitude from -180 to 180)");
        }
    }

    /** Whether there is such a place; there is none at a coordinate that is not a number. */
    public static boolean isValid(double latitude, double longitude) {
        return latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180;
    }

    /** The place, or {@code null} where there is none. */
    static @Nullable GeoPoint orNull(double latitude, double longitude) {
        return isValid(latitude, longitude) ? new GeoPoint(latitude, longitude) : null;
    }

    /** The distance over the earth's surface, by the haversine formula. */
    public double kilometresTo(GeoPoint other) {
        double sinLatitude = Math.sin(Math.toRadians(other.latitude - latitude) / 2);
        double sinLongitude = Math.sin(Math.toRadians(other.longitude - longitude) / 2);
        double haversine = sinLatitude * sinLatitude
                + Math.cos(Math.toRadians(latitude))
                        * Math.cos(Math.toRadians(other.latitude))
                        * sinLongitude
                        * sinLongitude;
        // Rounding may carry it over 1 between antipodes, where the arc sine ends.
        return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, haversine)));
    }
}

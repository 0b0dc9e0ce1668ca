package dev.meridian.routes.geo;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code meridian.geo}. With neither a database nor fields no client's place is known.
 *
 * @param database path of a MaxMind DB file of cities or countries (GeoLite2-City, GeoLite2-Country or another of their
 *     layout); default none
 * @param reloadInterval how often the file is looked at for a change, at least 100ms; default 30s
 * @param headers the fields in which trusted proxies tell the place; default none
 */
record GeoSettings(
        @Nullable String database,
        @DefaultValue("30s") Duration reloadInterval,
        @DefaultValue Headers headers) {

    /**
     * Names of request fields. They are read from trusted proxies alone, and preferred to the database.
     *
     * @param latitude the field with the degrees north, like {@code CloudFront-Viewer-Latitude}; goes with
     *     {@code longitude}; default none
     * @param longitude the field with the degrees east, like {@code CloudFront-Viewer-Longitude}; goes with
     *     {@code latitude}; default none
     * @param country the field with the two letters of ISO 3166, like {@code CF-IPCountry}; the country's middle is taken
     *     where there are no coordinates; default none
     */
    record Headers(
            @Nullable String latitude,
            @Nullable String longitude,
            @Nullable String country) {}
}

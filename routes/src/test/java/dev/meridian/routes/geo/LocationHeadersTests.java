package dev.meridian.routes.geo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocationHeadersTests {

    private static final GeoPoint BERLIN = new GeoPoint(52.52, 13.4);

    private final LocationHeaders all = new LocationHeaders("lat", "lon", "country");

    @Test
    void read_coordinates_goBeforeTheCountry() {
        assertThat(all.read(Map.of("lat", "52.52", "lon", "13.4", "country", "FR")::get))
                .isEqualTo(BERLIN);
    }

    @Test
    void read_countryAlone_isItsMiddle() {
        assertThat(all.read(Map.of("country", " fr ")::get)).isEqualTo(CountryCentroids.find("FR"));
    }

    @ParameterizedTest
    @CsvSource({"52.52,", ",13.4", "52.52,180.1", "-90.1,13.4", "north,13.4", "52.52,NaN", "'52.52, 1',13.4"})
    void read_noPlace_fallsThroughToTheCountry(String latitude, String longitude) {
        ClientLocator.HeaderLookup headers = name -> switch (name) {
            case "lat" -> latitude;
            case "lon" -> longitude;
            default -> "FR";
        };

        assertThat(all.read(headers)).isEqualTo(CountryCentroids.find("FR"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "XX", "T1", "France"})
    void read_noCountryEither_isNull(String country) {
        assertThat(all.read(Map.of("country", country)::get)).isNull();
    }

    @Test
    void read_onlyConfiguredFields() {
        Map<String, String> request = Map.of("lat", "52.52", "lon", "13.4", "country", "FR");

        assertThat(new LocationHeaders("lat", "lon", null).read(request::get)).isEqualTo(BERLIN);
        assertThat(new LocationHeaders(null, null, "country").read(request::get))
                .isEqualTo(CountryCentroids.find("FR"));
        assertThat(new LocationHeaders(null, null, null).read(request::get)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "-1.5, -1.5",
        "+1.5, 1.5",
        "' 1.5 ', 1.5",
        "1., 1",
        ".5, 0.5",
        "47.60620, 47.6062",
        "999.9, 999.9"
    })
    void degrees_decimalNumbers(String written, double expected) {
        assertThat(LocationHeaders.degrees(written)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-",
                ".",
                "--1",
                "1-",
                "1.2.3",
                "1e1",
                "0x1p3",
                "1f",
                "1d",
                "NaN",
                "Infinity",
                "1,5",
                "٣",
                "111111111111111111111111111111111",
            })
    void degrees_anythingElse_isNaN(String written) {
        assertThat(LocationHeaders.degrees(written)).isNaN();
    }

    @Test
    void degrees_missing_isNaN() {
        assertThat(LocationHeaders.degrees(null)).isNaN();
    }
}

package dev.meridian.routes.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeoPointTests {

    @ParameterizedTest
    @CsvSource({
        "52.52,  13.405,  48.8566,  2.3522,   877.5", // Berlin, Paris
        "51.5,   -0.12,   40.7,     -74,      5570", // London, New York
        "0,      179.5,   0,        -179.5,   111.2", // over the date line
        "90,     0,       -90,      0,        20015.1", // from pole to pole
        "12.3,   45.6,    -12.3,    -134.4,   20015.1", // antipodes
        "90,     17,      90,       -42,      0", // the pole has any longitude
        "1,      2,       1,        2,        0",
    })
    void kilometresTo_isTheSameBothWays(double lat1, double lon1, double lat2, double lon2, double expected) {
        GeoPoint one = new GeoPoint(lat1, lon1);
        GeoPoint two = new GeoPoint(lat2, lon2);

        assertThat(one.kilometresTo(two)).isCloseTo(expected, within(1 + expected * 0.002));
        assertThat(two.kilometresTo(one)).isCloseTo(one.kilometresTo(two), within(1e-6));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, true",
        "90, 180, true",
        "-90, -180, true",
        "90.01, 0, false",
        "-90.01, 0, false",
        "0, 180.01, false",
        "0, -180.01, false",
        "NaN, 0, false",
        "0, NaN, false",
        "Infinity, 0, false",
        "0, -Infinity, false",
    })
    void isValid(double latitude, double longitude, boolean expected) {
        assertThat(GeoPoint.isValid(latitude, longitude)).isEqualTo(expected);
        assertThat(GeoPoint.orNull(latitude, longitude) != null).isEqualTo(expected);
    }

    @Test
    void constructor_noSuchPlace_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GeoPoint(91, 0))
                .withMessageContaining("91.0, 0.0");
    }
}

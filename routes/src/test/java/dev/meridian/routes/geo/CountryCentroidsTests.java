package dev.meridian.routes.geo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CountryCentroidsTests {

    @Test
    void all_areTheCountriesOfIso3166AndKosovo() {
        Set<String> expected = new HashSet<>(List.of(Locale.getISOCountries()));
        expected.remove("AN"); // no country since 2010, in some versions of the JDK still one
        expected.add("XK");

        assertThat(CountryCentroids.all().keySet()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "DE, 51.3, 9.5, 200", // Kassel
        "FR, 47.1, 2.4, 200", // Bourges
        "BR, -15.8, -47.9, 900", // Brasília
        "AU, -23.7, 133.9, 400", // Alice Springs
        "JP, 36.2, 138, 200", // Matsumoto
        "SG, 1.3, 103.8, 20",
        "nz, -41.3, 174.8, 300", // Wellington
    })
    void find_isNearAPlaceInTheMiddle(String code, double latitude, double longitude, double kilometres) {
        GeoPoint found = Objects.requireNonNull(CountryCentroids.find(code));

        assertThat(found.kilometresTo(new GeoPoint(latitude, longitude))).isLessThan(kilometres);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "X", "XX", "T1", "EU", "DEU", "Germany", "#I", "ı́"})
    void find_noCountry_isNull(String code) {
        assertThat(CountryCentroids.find(code)).isNull();
    }
}
